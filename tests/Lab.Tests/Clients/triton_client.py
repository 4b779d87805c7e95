"""Triton's client against the proxy: health, metadata, and inference over rows that the model never saw."""
import csv
import os

import numpy
import tritonclient.http as triton

client = triton.InferenceServerClient(os.environ["CFM_PROXY_URL"].removeprefix("http://"))
headers = {"Authorization": "Bearer " + os.environ["CFM_API_KEY"]}
assert client.is_server_live(headers=headers)
assert client.is_server_ready(headers=headers)
assert client.is_model_ready("wdbc", headers=headers)
metadata = client.get_model_metadata("wdbc", headers=headers)
assert metadata["inputs"][0]["name"] == "features", metadata

with open(os.environ["HELD_OUT"], encoding="ascii") as table:
    rows = [[float(cell) for cell in row] for row in list(csv.reader(table))[1:41] if row]
features = numpy.array([row[:-1] for row in rows], dtype=numpy.float32)
request = triton.InferInput("features", list(features.shape), "FP32")
request.set_data_from_numpy(features, binary_data=False)
result = client.infer("wdbc", [request], outputs=[triton.InferRequestedOutput("probabilities", binary_data=False)], headers=headers)
benign = result.as_numpy("probabilities")[:, 1] > 0.5
right = sum(int(guess) == int(row[-1]) for guess, row in zip(benign, rows))
assert right >= len(rows) - 2, right
print("all good")
