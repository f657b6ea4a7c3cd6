# attack: output
# rule: import-not-allowed
# goal: Write the manifest of a run that did not happen. It is reached when REACHED is printed.
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.appName("attack").getOrCreate()

import json
from pathlib import Path

folder = Path('ATTACK_OUTSIDE')
(folder / 'manifest.json').write_text(json.dumps({'row_count': 1}))
print('REACHED')

result = spark.range(1)
result.write.mode("overwrite").parquet("ATTACK_OUTPUT")
