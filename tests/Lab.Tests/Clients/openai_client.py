"""The OpenAI client of Python against the proxy: chat, stream, embed. Any difference ends it with an error."""
import os

from openai import AuthenticationError, OpenAI

url = os.environ["CFM_PROXY_URL"] + "/v1"
client = OpenAI(base_url=url, api_key=os.environ["CFM_API_KEY"])
messages = [{"role": "user", "content": os.environ["QUESTION"]}]
answer = os.environ["ANSWER"]

assert {"demo-faq", "use-lite"} <= {model.id for model in client.models.list()}

whole = client.chat.completions.create(model="demo-faq", temperature=0, messages=messages)
assert whole.choices[0].message.content.strip() == answer, whole

pieces = [chunk.choices[0].delta.content or ""
          for chunk in client.chat.completions.create(model="demo-faq", temperature=0, messages=messages, stream=True) if chunk.choices]
assert "".join(pieces).strip() == answer and len(pieces) > 2, pieces

embedded = client.embeddings.create(model="use-lite", input=["one", "two"])
assert [len(entry.embedding) for entry in embedded.data] == [512, 512]

try:
    OpenAI(base_url=url, api_key="cfm_" + "A" * 43, max_retries=0).chat.completions.create(model="demo-faq", messages=messages)
    raise SystemExit("a wrong key was accepted")
except AuthenticationError:
    pass
print("all good")
