-- Which version of which prompt a call was made from.
ALTER TABLE spans ADD COLUMN IF NOT EXISTS promptName LowCardinality(String);
ALTER TABLE spans ADD COLUMN IF NOT EXISTS promptVersion LowCardinality(String);
ALTER TABLE spans ADD COLUMN IF NOT EXISTS promptHash LowCardinality(String);

-- Most spans have none, so whoever asks for one prompt skips most of the table.
ALTER TABLE spans ADD INDEX IF NOT EXISTS byPrompt promptName TYPE bloom_filter(0.01) GRANULARITY 1;
