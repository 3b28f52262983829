# Moto's server for the tests, on a free loopback port, which it prints first. Then every line of standard input is one
# call of an AWS SDK for the test's own part, {"service", "operation", "parameters"}, answered by one line. Ends with
# its standard input, so that nothing outlives a test run. Bodies of objects are base64.
import base64
import json
import logging
import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-west-1")
logging.getLogger("werkzeug").setLevel(logging.ERROR)

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402


def answer(endpoint, call):
    parameters = call["parameters"]
    if "Body" in parameters:
        parameters["Body"] = base64.b64decode(parameters["Body"])
    client = boto3.client(call["service"], endpoint_url=endpoint)
    result = getattr(client, call["operation"])(**parameters)
    result.pop("ResponseMetadata", None)
    if "Body" in result:
        result["Body"] = base64.b64encode(result["Body"].read()).decode()
    return result


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://%s:%d" % server.get_host_and_port()
    print(json.dumps(endpoint), flush=True)
    for line in sys.stdin:
        try:
            reply = {"result": answer(endpoint, json.loads(line))}
        except Exception as error:
            reply = {"error": str(error)}
        print(json.dumps(reply, default=str), flush=True)


main()
