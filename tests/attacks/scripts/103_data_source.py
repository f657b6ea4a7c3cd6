# attack: engine
# rule: member-not-allowed
# goal: Register a Python data source. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from pyspark.sql.datasource import DataSource, DataSourceReader


class Reader(DataSourceReader):
    def read(self, partition):
        yield (open('ATTACK_SECRET').read(),)


class Source(DataSource):
    @classmethod
    def name(cls):
        return 'secret'

    def schema(self):
        return 'text string'

    def reader(self, schema):
        return Reader()


spark.dataSource.register(Source)
if spark.read.format('secret').load().collect()[0][0]:
    print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
