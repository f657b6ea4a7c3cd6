# The supervisor agent for Amazon Bedrock AgentCore, which runs ARM64 images. Build it in the root:
#   docker buildx build --platform linux/arm64 -f deploy/agentcore/spark_supervisor_agent.Dockerfile .
FROM --platform=linux/arm64 public.ecr.aws/docker/library/python:3.11-slim-bookworm

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1

WORKDIR /app
COPY requirements/build.txt requirements/agentcore.txt requirements/
RUN pip install --require-hashes --only-binary :all: -r requirements/build.txt \
    && pip install --require-hashes --use-pep517 --no-build-isolation -r requirements/agentcore.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN pip install --no-deps --no-build-isolation . \
    && useradd --create-home --uid 10001 agent

USER agent
ENV SPARK_INTERPRETER_DATA_DIR=/home/agent/data \
    SPARK_INTERPRETER_CACHE_DIR=/home/agent/cache \
    SPARK_INTERPRETER_AGENTS__HOST=0.0.0.0
EXPOSE 8080
CMD ["python", "-m", "spark_interpreter.agents.supervisor_runtime"]
