/** The words of SQL that are passed on as such. Every other name is passed on in backticks, so that the engine can take it for nothing but a name. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  `select distinct from where group by having order asc desc nulls first last limit offset with as and or not in like ilike between is null
  case when then else end union all except intersect join inner left right full outer cross any semi anti asof on using array interval
  second minute hour day week month quarter year totals rollup cube true false over partition rows range unbounded preceding following
  current row exists cast qualify ties prewhere`.split(/\s+/),
)

/** Words that end the list of tables behind FROM. */
export const CLAUSES: ReadonlySet<string> = new Set(
  `select where prewhere group having order limit offset union except intersect qualify with`.split(/\s+/),
)

/** Names of types: they stand bare behind CAST and `::`. */
export const TYPES: ReadonlySet<string> = new Set(
  `UInt8 UInt16 UInt32 UInt64 Int8 Int16 Int32 Int64 Float32 Float64 String FixedString Date Date32 DateTime DateTime64 Bool Nullable Array
  Tuple Map Decimal LowCardinality`.split(/\s+/),
)

const AGGREGATES = `count sum avg min max any anyLast argMin argMax uniq uniqExact uniqCombined uniqHLL12 quantile quantiles quantileExact
  quantilesExact quantileTDigest quantilesTDigest quantileTiming quantilesTiming quantileDeterministic median medianExact medianTDigest
  stddevPop stddevSamp varPop varSamp covarPop covarSamp corr skewPop skewSamp kurtPop kurtSamp groupArray groupUniqArray groupArraySample
  topK topKWeighted sumMap minMap maxMap sumWithOverflow avgWeighted boundingRatio simpleLinearRegression entropy studentTTest welchTTest
  mannWhitneyUTest first_value last_value nth_value histogram groupBitAnd groupBitOr groupBitXor deltaSum groupArrayMovingAvg
  groupArrayMovingSum exponentialMovingAverage row_number rank dense_rank percent_rank cume_dist ntile lag lead lagInFrame leadInFrame`

const PLAIN = `if multiIf ifNull nullIf coalesce isNull isNotNull isNaN isFinite isInfinite assumeNotNull toNullable greatest least
  equals notEquals less greater lessOrEquals greaterOrEquals and or not xor plus minus multiply divide intDiv intDivOrZero modulo negate abs
  sign round floor ceil ceiling trunc truncate roundBankers exp exp2 exp10 log ln log2 log10 log1p sqrt cbrt pow power sin cos tan asin acos
  atan atan2 pi e degrees radians gcd lcm width_bucket bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight bitTest bitCount
  length lengthUTF8 char_length character_length empty notEmpty lower upper lowerUTF8 upperUTF8 lcase ucase reverse reverseUTF8 concat
  concatWithSeparator concat_ws substring substr mid substringUTF8 left right leftUTF8 rightUTF8 leftPad rightPad lpad rpad trim ltrim rtrim
  trimLeft trimRight trimBoth repeat space replace replaceOne replaceAll replaceRegexpOne replaceRegexpAll regexp_replace translate
  position positionUTF8 positionCaseInsensitive positionCaseInsensitiveUTF8 locate countSubstrings countSubstringsCaseInsensitive match like
  ilike notLike notILike multiSearchAny multiSearchAnyCaseInsensitive extract extractAll extractAllGroups extractGroups regexpExtract
  startsWith endsWith hasToken hasTokenCaseInsensitive hasAllTokens hasAnyTokens tokens splitByChar splitByString splitByRegexp
  splitByWhitespace splitByNonAlpha alphaTokens arrayStringConcat ascii base64Encode base64Decode hex unhex encodeURLComponent
  decodeURLComponent domain domainWithoutWWW protocol cutQueryString extractURLParameter normalizeQuery
  normalizedQueryHash levenshteinDistance editDistance damerauLevenshteinDistance jaroSimilarity jaroWinklerSimilarity ngramDistance
  ngramSearch soundex isValidUTF8 toValidUTF8 formatReadableSize formatReadableQuantity formatReadableTimeDelta
  JSONHas JSONLength JSONType JSONExtractUInt JSONExtractInt JSONExtractFloat JSONExtractBool JSONExtractString JSONExtractRaw
  JSONExtractArrayRaw JSONExtractKeys JSONExtractKeysAndValues JSONExtractKeysAndValuesRaw JSONExtract isValidJSON JSON_VALUE JSON_QUERY
  JSON_EXISTS simpleJSONHas simpleJSONExtractUInt simpleJSONExtractInt simpleJSONExtractFloat simpleJSONExtractBool simpleJSONExtractRaw
  simpleJSONExtractString visitParamHas visitParamExtractString toJSONString
  toString toInt8 toInt16 toInt32 toInt64 toUInt8 toUInt16 toUInt32 toUInt64 toFloat32 toFloat64 toDate toDate32 toDateTime toDateTime64
  toDecimal64 toDecimal128 toFixedString toBool toInt64OrNull toInt64OrZero toUInt64OrNull toUInt64OrZero toFloat64OrNull toFloat64OrZero
  toInt32OrNull toInt32OrZero toDateOrNull toDateTimeOrNull parseDateTimeBestEffort parseDateTimeBestEffortOrNull
  parseDateTime64BestEffort parseDateTime64BestEffortOrNull toTypeName accurateCast accurateCastOrNull reinterpretAsUInt64
  now now64 today yesterday timeSlot timeSlots toYear toQuarter toMonth toWeek toISOWeek toISOYear toDayOfYear toDayOfMonth toDayOfWeek
  toHour toMinute toSecond toMillisecond toUnixTimestamp toUnixTimestamp64Milli toUnixTimestamp64Micro toUnixTimestamp64Nano
  fromUnixTimestamp fromUnixTimestamp64Milli fromUnixTimestamp64Micro fromUnixTimestamp64Nano toStartOfYear toStartOfQuarter toStartOfMonth
  toStartOfWeek toStartOfDay toStartOfHour toStartOfMinute toStartOfSecond toStartOfMillisecond toStartOfFiveMinutes toStartOfTenMinutes
  toStartOfFifteenMinutes toStartOfInterval toStartOfISOYear toLastDayOfMonth toMonday toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss toTimeZone
  toTime toRelativeHourNum toRelativeDayNum toRelativeMinuteNum date_trunc dateTrunc date_diff dateDiff timeDiff age date_add dateAdd
  date_sub dateSub addSeconds addMinutes addHours addDays addWeeks addMonths addQuarters addYears subtractSeconds subtractMinutes
  subtractHours subtractDays subtractWeeks subtractMonths subtractYears formatDateTime dateName monthName makeDate makeDateTime
  toIntervalSecond toIntervalMinute toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalYear year month day hour minute
  second quarter week date dayofweek dayofmonth dayofyear
  array range arrayConcat arrayElement has hasAll hasAny hasSubstr indexOf arrayCount countEqual arrayEnumerate arrayEnumerateUniq
  arrayPopBack arrayPopFront arrayPushBack arrayPushFront arrayResize arraySlice arraySort arrayReverseSort arrayPartialSort arrayShiftLeft
  arrayShiftRight arrayUniq arrayDifference arrayDistinct arrayIntersect arrayUnion arrayReverse arrayFlatten flatten arrayCompact arrayZip
  arrayMap arrayFilter arrayFill arraySplit arrayExists arrayAll arrayFirst arrayFirstIndex arrayLast arrayLastIndex arrayMin arrayMax
  arraySum arrayAvg arrayCumSum arrayProduct arrayDotProduct arrayJoin emptyArrayString emptyArrayUInt64
  map mapFromArrays mapAdd mapSubtract mapContains mapContainsKey mapKeys mapValues mapFilter mapApply mapExists mapAll mapSort
  mapContainsKeyLike mapExtractKeyLike tuple tupleElement untuple tupleConcat
  cosineDistance L2Distance L1Distance dotProduct
  cityHash64 xxHash32 xxHash64 sipHash64 MD5 SHA1 SHA256 crc32 halfMD5 farmHash64 murmurHash3_64 intHash64
  bar rand rand32 rand64 transform identity materialize ignore runningDifference generateUUIDv4 UUIDStringToNum empty
  lowCardinalityKeys toLowCardinality cast`

const names = (text: string): string[] => text.split(/\s+/)
const FUNCTIONS: ReadonlySet<string> = new Set(names(`${AGGREGATES} ${PLAIN}`).map((name) => name.toLowerCase()))
const AGGREGATE: ReadonlySet<string> = new Set(names(AGGREGATES).map((name) => name.toLowerCase()))

/** What may be called: nothing that reads anything but its arguments, and nothing that says where or as whom it runs. */
export function mayCall(name: string): boolean {
  const lower = name.toLowerCase()
  if (FUNCTIONS.has(lower)) return true
  const [, base = ''] = /^(.+?)((if|distinct|ordefault|ornull|array|foreach|map)+)$/.exec(lower) ?? []
  return AGGREGATE.has(base)
}
