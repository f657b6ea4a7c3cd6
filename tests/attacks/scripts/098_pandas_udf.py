# attack: engine
# rule: udf-not-allowed
# goal: Read a file in a pandas UDF. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import pandas as pd


@F.pandas_udf('string')
def read(ids: pd.Series) -> pd.Series:
    return ids.map(lambda _: open('ATTACK_SECRET').read())


if spark.range(1).select(read('id')).collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
