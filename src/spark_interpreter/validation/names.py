"""The names a script may use, one by one.

An allowed module, class or value leads to others that are not (`pyspark.sql.functions.sys`), so
nothing is allowed that does not stand here. Everything here exists in Spark 3.5 and later and
works over Spark Connect.
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What an expression of a script evaluates to, as far as the policy tells things apart."""

    BUILDER = "session builder"
    CLASS = "class"
    COLUMN = "Column"
    COLUMNS = "list of Columns"
    CONF = "spark.conf"
    DATE = "date or time"
    FRAME = "DataFrame"
    FRAMES = "list of DataFrames"
    FRAME_CLASS = "DataFrame class"
    GROUPED = "grouped data"
    MODULE = "module"
    NA = "DataFrame.na"
    READER = "spark.read"
    ROW = "Row"
    ROWS = "list of Rows"
    SCHEMA = "schema"
    SESSION = "SparkSession"
    SESSION_CLASS = "SparkSession class"
    STAT = "DataFrame.stat"
    TEXT = "text"
    TEXTS = "list of texts"
    UNKNOWN = "value"
    VALUE = "Python value"
    WINDOW = "window"
    WINDOW_CLASS = "Window"
    WRITER = "DataFrame.write"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _all(kind: Kind, names: str) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), kind)


FUNCTIONS: Mapping[str, Kind] = _all(
    Kind.COLUMN,
    """
    abs acos acosh add_months aes_decrypt aes_encrypt aggregate any_value approxCountDistinct
    approx_count_distinct approx_percentile array array_agg array_append array_compact
    array_contains array_distinct array_except array_insert array_intersect array_join
    array_max array_min array_position array_prepend array_remove array_repeat array_size
    array_sort array_union arrays_overlap arrays_zip asc asc_nulls_first asc_nulls_last ascii
    asin asinh assert_true atan atan2 atanh avg base64 bin bit_and bit_count bit_get
    bit_length bit_or bit_xor bitmap_bit_position bitmap_bucket_number bitmap_construct_agg
    bitmap_count bitmap_or_agg bitwiseNOT bitwise_not bool_and bool_or bround btrim bucket
    cardinality cbrt ceil ceiling char char_length character_length coalesce col collect_list
    collect_set column concat concat_ws contains conv convert_timezone corr cos cosh cot count
    countDistinct count_distinct count_if count_min_sketch covar_pop covar_samp crc32
    create_map csc cume_dist curdate current_date current_timestamp current_timezone date_add
    date_diff date_format date_from_unix_date date_part date_sub date_trunc dateadd datediff
    datepart day dayofmonth dayofweek dayofyear days decode degrees dense_rank desc
    desc_nulls_first desc_nulls_last e element_at elt encode endswith equal_null every exists
    exp explode explode_outer expm1 expr extract factorial filter find_in_set first
    first_value flatten floor forall format_number format_string from_csv from_json
    from_unixtime from_utc_timestamp get get_json_object getbit greatest grouping grouping_id
    hash hex histogram_numeric hll_sketch_agg hll_sketch_estimate hll_union hll_union_agg hour
    hours hypot ifnull ilike initcap inline inline_outer instr isnan isnotnull isnull
    json_array_length json_object_keys json_tuple kurtosis lag last last_day last_value lcase
    lead least left length levenshtein like lit ln localtimestamp locate log log10 log1p log2
    lower lpad ltrim make_date make_dt_interval make_interval make_timestamp
    make_timestamp_ltz make_timestamp_ntz make_ym_interval map_concat map_contains_key
    map_entries map_filter map_from_arrays map_from_entries map_keys map_values map_zip_with
    mask max max_by md5 mean median min min_by minute mode monotonically_increasing_id month
    months months_between named_struct nanvl negative next_day now nth_value ntile nullif nvl
    nvl2 octet_length overlay parse_url percent_rank percentile percentile_approx pi pmod
    posexplode posexplode_outer position positive pow printf product quarter radians
    raise_error rand randn rank reduce regexp regexp_count regexp_extract regexp_extract_all
    regexp_instr regexp_like regexp_replace regexp_substr regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right
    rint rlike round row_number rpad rtrim schema_of_csv schema_of_json sec second sentences
    sequence session_window sha sha1 sha2 shiftLeft shiftRight shiftRightUnsigned shiftleft
    shiftright shiftrightunsigned shuffle sign signum sin sinh size skewness slice some
    sort_array soundex split split_part sqrt stack startswith std stddev stddev_pop
    stddev_samp str_to_map struct substr substring substring_index sum sumDistinct
    sum_distinct tan tanh timestamp_micros timestamp_millis timestamp_seconds toDegrees
    toRadians to_binary to_char to_csv to_date to_json to_number to_timestamp to_timestamp_ltz
    to_timestamp_ntz to_unix_timestamp to_utc_timestamp to_varchar transform transform_keys
    transform_values translate trim trunc try_add try_aes_decrypt try_avg try_divide
    try_element_at try_multiply try_subtract try_sum try_to_binary try_to_number
    try_to_timestamp typeof ucase unbase64 unhex unix_date unix_micros unix_millis
    unix_seconds unix_timestamp upper url_decode url_encode var_pop var_samp variance weekday
    weekofyear when width_bucket window window_time xxhash64 year years zip_with
    """,
) | {"broadcast": Kind.FRAME}
"""Functions of `pyspark.sql.functions` and what they return."""

TYPES = _words(
    """
    ArrayType BinaryType BooleanType ByteType DataType DateType DayTimeIntervalType DecimalType
    DoubleType FloatType IntegerType LongType MapType NullType NumericType Row ShortType StringType
    StructField StructType TimestampNTZType TimestampType
    """
)
"""Names of `pyspark.sql.types`."""

UDF_FUNCTIONS = frozenset({"pandas_udf", "udf"})
"""Functions of `pyspark.sql.functions` an operator can allow (`allow_udfs`)."""

UDF_MEMBERS: Mapping[Kind, Mapping[str, Kind]] = {
    Kind.FRAME: _all(Kind.FRAME, "mapInPandas"),
    Kind.GROUPED: _all(Kind.FRAME, "applyInPandas"),
}
"""Members an operator can allow (`allow_udfs`)."""

_PYSPARK_SQL = {
    "Column": Kind.CLASS,
    "DataFrame": Kind.FRAME_CLASS,
    "Row": Kind.CLASS,
    "SparkSession": Kind.SESSION_CLASS,
    "Window": Kind.WINDOW_CLASS,
    "WindowSpec": Kind.CLASS,
    "functions": Kind.MODULE,
    "types": Kind.MODULE,
}

MODULES: Mapping[str, Mapping[str, Kind]] = {
    "__future__": _all(Kind.VALUE, "annotations"),
    "collections.abc": _all(Kind.CLASS, "Callable Iterable Mapping Sequence"),
    "datetime": _all(Kind.DATE, "date datetime time timedelta timezone UTC"),
    "decimal": _all(Kind.VALUE, "Decimal ROUND_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP"),
    "functools": _all(Kind.UNKNOWN, "reduce"),
    "itertools": _all(Kind.UNKNOWN, "accumulate chain pairwise zip_longest"),
    "job_credentials": _all(Kind.UNKNOWN, "credentials"),
    "json": _all(Kind.UNKNOWN, "dumps loads"),
    "math": _all(
        Kind.VALUE,
        "ceil copysign cos e exp fabs floor hypot inf isclose isfinite isinf isnan isqrt log log10 "
        "log1p log2 nan pi pow prod sin sqrt tan tau trunc",
    ),
    "operator": _all(Kind.COLUMN, "add and_ mul or_"),
    "pyspark.sql": _PYSPARK_SQL,
    "pyspark.sql.column": _all(Kind.CLASS, "Column"),
    "pyspark.sql.dataframe": {"DataFrame": Kind.FRAME_CLASS},
    "pyspark.sql.functions": FUNCTIONS,
    "pyspark.sql.session": {"SparkSession": Kind.SESSION_CLASS},
    "pyspark.sql.types": _all(Kind.CLASS, " ".join(TYPES)),
    "pyspark.sql.window": {"Window": Kind.WINDOW_CLASS, "WindowSpec": Kind.CLASS},
    "re": _all(
        Kind.UNKNOWN,
        "IGNORECASE compile escape findall fullmatch match search split sub",
    ),
    "statistics": _all(Kind.VALUE, "fmean mean median mode stdev"),
    "typing": _all(
        Kind.CLASS,
        "Any Callable Dict Final Iterable Iterator List Mapping Optional Sequence Set Tuple Union",
    ),
}
"""Modules, the names a script may use of each, and what these are (or return)."""

BUILTINS: Mapping[str, Kind] = {
    **_all(
        Kind.VALUE,
        "abs all any bool bytes dict divmod enumerate float frozenset int isinstance len print "
        "range round set tuple zip",
    ),
    **_all(Kind.UNKNOWN, "filter list map max min next reversed sorted sum"),
    **_all(Kind.TEXT, "repr str"),
    **_all(
        Kind.CLASS,
        "ArithmeticError AssertionError Exception IndexError KeyError LookupError RuntimeError "
        "StopIteration TypeError ValueError ZeroDivisionError",
    ),
}
"""Builtins and what calling them returns."""

REUSABLE_BUILTINS = _words(
    """
    ascii bin callable chr complex copyright credits format hash hex id input license oct object ord
    pow slice type
    """
)
"""Other builtins whose names a script may give to values of its own.

The rest are refused even then: a name bound in one scope is still the builtin in another.
"""

DUNDER_NAMES = frozenset({"__name__"})
"""The only name with leading and trailing double underscores a script may read."""

_FRAME = {
    **_all(
        Kind.FRAME,
        """
        agg alias cache coalesce crossJoin crosstab describe distinct drop dropDuplicates
        drop_duplicates dropna exceptAll fillna filter freqItems hint intersect intersectAll join
        limit melt offset orderBy persist repartition repartitionByRange replace sample sampleBy
        select selectExpr sort sortWithinPartitions subtract summary to toDF transform union
        unionAll unionByName unpersist unpivot where withColumn withColumnRenamed withColumns
        withColumnsRenamed
        """,
    ),
    **_all(Kind.GROUPED, "cube groupBy groupby rollup"),
    **_all(Kind.ROW, "first"),
    **_all(Kind.ROWS, "collect tail take toLocalIterator"),
    **_all(Kind.UNKNOWN, "head"),
    **_all(
        Kind.VALUE,
        "approxQuantile corr count cov createOrReplaceTempView createTempView explain isEmpty "
        "printSchema show",
    ),
    "columns": Kind.TEXTS,
    "dtypes": Kind.UNKNOWN,
    "na": Kind.NA,
    "randomSplit": Kind.FRAMES,
    "schema": Kind.SCHEMA,
    "stat": Kind.STAT,
    "write": Kind.WRITER,
}

_TEXT = {
    **_all(
        Kind.TEXT,
        """
        capitalize casefold format join ljust lower lstrip removeprefix removesuffix replace rjust
        rstrip strip title upper zfill
        """,
    ),
    **_all(Kind.VALUE, "count endswith find index isalnum isalpha isdigit isidentifier startswith"),
    **_all(Kind.TEXTS, "partition rpartition rsplit split splitlines"),
}

_VALUE = {
    **_all(
        Kind.UNKNOWN,
        """
        add append as_integer_ratio clear copy count difference extend from_iterable get group
        groups index insert intersection is_integer issubset issuperset items keys pop quantize
        remove reverse setdefault sort start stop sub symmetric_difference update values
        """,
    ),
    "union": Kind.VALUE,
}

MEMBERS: Mapping[Kind, Mapping[str, Kind]] = {
    Kind.BUILDER: {
        **_all(Kind.BUILDER, "appName config enableHiveSupport"),
        "getOrCreate": Kind.SESSION,
    },
    Kind.CLASS: {},
    Kind.COLUMNS: _VALUE,
    Kind.COLUMN: _all(
        Kind.COLUMN,
        """
        alias asc asc_nulls_first asc_nulls_last astype between bitwiseAND bitwiseOR bitwiseXOR cast
        contains desc desc_nulls_first desc_nulls_last dropFields endswith eqNullSafe getField
        getItem ilike isNaN isNotNull isNull isin like name otherwise over rlike startswith substr
        when withField
        """,
    ),
    Kind.CONF: _all(Kind.TEXT, "get set"),
    Kind.DATE: {
        **_all(
            Kind.DATE,
            "astimezone combine date fromisoformat fromtimestamp max min now replace resolution "
            "strptime time today utc",
        ),
        **_all(
            Kind.VALUE,
            "day days hour isocalendar isoweekday microsecond minute month second seconds "
            "timestamp total_seconds weekday year",
        ),
        **_all(Kind.TEXT, "isoformat strftime"),
    },
    Kind.FRAME: _FRAME,
    Kind.FRAMES: _VALUE,
    Kind.FRAME_CLASS: _FRAME,
    Kind.GROUPED: {
        **_all(Kind.FRAME, "agg avg count max mean min sum"),
        "pivot": Kind.GROUPED,
    },
    Kind.NA: _all(Kind.FRAME, "drop fill replace"),
    Kind.READER: {
        **_all(Kind.READER, "format option options schema"),
        **_all(Kind.FRAME, "csv json load orc parquet table text"),
    },
    Kind.ROW: {"asDict": Kind.UNKNOWN, "count": Kind.VALUE, "index": Kind.VALUE},
    Kind.ROWS: _VALUE,
    Kind.SCHEMA: {
        "add": Kind.SCHEMA,
        **_all(Kind.TEXTS, "fieldNames names"),
        **_all(Kind.UNKNOWN, "fields"),
        **_all(Kind.TEXT, "json simpleString"),
    },
    Kind.SESSION: {
        "conf": Kind.CONF,
        "createDataFrame": Kind.FRAME,
        "range": Kind.FRAME,
        "read": Kind.READER,
        "sql": Kind.FRAME,
        "stop": Kind.VALUE,
        "table": Kind.FRAME,
        "version": Kind.TEXT,
    },
    Kind.SESSION_CLASS: {"builder": Kind.BUILDER},
    Kind.STAT: {
        **_all(Kind.FRAME, "crosstab freqItems sampleBy"),
        **_all(Kind.VALUE, "approxQuantile corr cov"),
    },
    Kind.TEXT: _TEXT,
    Kind.TEXTS: _VALUE,
    Kind.VALUE: _VALUE,
    Kind.WINDOW: _all(Kind.WINDOW, "orderBy partitionBy rangeBetween rowsBetween"),
    Kind.WINDOW_CLASS: {
        **_all(Kind.WINDOW, "orderBy partitionBy rangeBetween rowsBetween"),
        **_all(Kind.VALUE, "currentRow unboundedFollowing unboundedPreceding"),
    },
    Kind.WRITER: {
        **_all(Kind.WRITER, "format mode option options"),
        **_all(Kind.VALUE, "parquet save"),
    },
}
"""For each kind its members, and what they are (properties) or return (methods)."""

LIST_KINDS: Mapping[Kind, Kind] = {
    Kind.COLUMNS: Kind.COLUMN,
    Kind.FRAMES: Kind.FRAME,
    Kind.ROWS: Kind.ROW,
    Kind.TEXTS: Kind.TEXT,
}
"""Kinds of lists and the kind of their elements."""

PROPERTIES = _words(
    """
    builder columns conf currentRow dtypes fields na names read schema stat unboundedFollowing
    unboundedPreceding version write
    """
)
"""Members that are values themselves; the others are methods."""

ANY_MEMBERS = frozenset(name for members in MEMBERS.values() for name in members) | {"fields"}
"""Members of any kind: what may be asked of a value whose kind is not known."""

CHECKED_MEMBERS = _words(
    """
    config createOrReplaceTempView createTempView csv expr filter format json load option options
    orc parquet save selectExpr sql table text where
    """
)
"""Members whose arguments are checked, so they are called where they are named."""

REFUSED_MEMBERS = _words(
    """
    add_note addArtifact addArtifacts addTag apply applyInArrow applyInPandas
    applyInPandasWithState args asTable bucketBy Builder catalog changes channelBuilder
    checkpoint clearProgressHandlers clearTags client cloneSession clusterBy cogroup colRegex
    copyFromLocalToFs create createGlobalTempView createOrReplaceGlobalTempView dataSource
    dropDuplicatesWithinWatermark emptyDataFrame errno executionInfo exists
    foreach foreachPartition format_map fromDDL fromInternal fromJson getActiveSession getAll
    getBreakingChangeInfo getCollationMetadata getCollationsMap getCondition getErrorClass
    getMessage getMessageParameters getQueryContext getSqlState getTags gi_code gi_frame
    gi_running gi_suspended gi_yieldfrom groupingSets Hook inputFiles insertInto interruptAll
    interruptOperation interruptTag is_cached is_stopped isLocal isModifiable isStreaming jdbc
    jsonValue jvm lateralJoin localCheckpoint mapInArrow mapInPandas master mergeInto
    metadataColumn mro nearestByJoin needConversion newSession obj observe outer pandas_api plot
    profile rdd readStream registerProgressHandler registerTempTable remote
    removeProgressHandler removeTag repartitionById sameSemantics saveAsTable sc scalar
    schemaCollationValue semanticHash session_id sortBy sparkContext sparkSession sql_ctx
    storageLevel streams strerror throw to_koalas to_pandas_on_spark to_plan toArrow toDDL
    toInternal toJSON toNullable toPandas transformWithState transformWithStateInPandas
    transpose treeString try_cast tvf typeName udf udtf unset with_traceback withMetadata
    withWatermark writeStream writeTo xml zipWithIndex
    """
)
"""Further members of Spark's classes, of exceptions, generators and classes.

A name of these is never taken for a column (`df.price`), whatever the data are called.
"""

FORMATS = frozenset({"csv", "json", "orc", "parquet", "text"})
"""Formats a script may read."""

READ_OPTIONS = _words(
    """
    allowcomments allowsinglequotes allowunquotedfieldnames charset chartoescapequoteescaping
    columnnameofcorruptrecord comment dateformat datetimerebasemode delimiter emptyvalue encoding
    enforceschema escape header ignoreleadingwhitespace ignoretrailingwhitespace inferschema
    int96rebasemode lineseparator linesep locale maxcharspercolumn maxcolumns mergeschema mode
    modifiedafter modifiedbefore multiline nanvalue negativeinf nullvalue pathglobfilter
    positiveinf prefersdate primitivesasstring quote recursivefilelookup samplingratio schema sep
    timestampformat timestampntzformat timezone unescapedquotehandling wholetext
    """.casefold()
)
"""Options of a read, in lower case."""

JDBC_OPTIONS = _words(
    "dbtable driver fetchsize lowerbound numpartitions partitioncolumn querytimeout upperbound url"
)
"""Options of a read from a database, in lower case; none of them says what is run there."""

WRITE_OPTIONS = frozenset({"compression"})
"""Options of the write, in lower case."""

WRITE_MODES = frozenset({"append", "error", "errorifexists", "ignore", "overwrite"})

CONFIG_KEYS = _words(
    """
    spark.app.name
    spark.default.parallelism
    spark.sql.adaptive.coalescePartitions.enabled
    spark.sql.adaptive.enabled
    spark.sql.adaptive.skewJoin.enabled
    spark.sql.ansi.enabled
    spark.sql.autoBroadcastJoinThreshold
    spark.sql.caseSensitive
    spark.sql.crossJoin.enabled
    spark.sql.execution.arrow.pyspark.enabled
    spark.sql.files.maxPartitionBytes
    spark.sql.legacy.timeParserPolicy
    spark.sql.parquet.compression.codec
    spark.sql.repl.eagerEval.enabled
    spark.sql.session.timeZone
    spark.sql.shuffle.partitions
    spark.sql.sources.partitionOverwriteMode
    """
)
"""Session settings a script may change."""

SQL_FUNCTIONS = (
    frozenset(name.casefold() for name in FUNCTIONS)
    | _words(
        """
        array_distinct bigint binary boolean cast ceiling char_length date date_from_unix_date
        dateadd decimal div double float grouping_sets if inline int isnotnull isnull make_date
        map mean mod named_struct not nvl nvl2 or power rlike smallint sort_array string struct
        substr timestamp tinyint try_cast when range
        """
    )
) - {"broadcast", "expr", "col", "column", "lit"}
"""Functions of SQL text, in lower case."""
