-- Words of inputs and outputs, for full-text search: the first 8 KB of each, in lower case, with escaped line ends as spaces
-- and a space around letters of scripts that have none between words. `TEXT` in tracing/queries/full-text.ts is this expression.
-- An insert does not wait for it (WRITE_SETTINGS): a part gets its words when it is merged, and is read as text until then.
ALTER TABLE payloads ADD INDEX IF NOT EXISTS words lowerUTF8(replaceRegexpAll(replaceRegexpAll(concat(substring(input, 1, 8192), ' ', substring(output, 1, 8192)), '\\\\[nrt]', ' '), '[\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}]', ' \\0 ')) TYPE text(tokenizer = splitByNonAlpha);

-- What is there already, in the background.
ALTER TABLE payloads MATERIALIZE INDEX words;
