// The OpenAI client of JavaScript against the proxy: chat, stream, embed. Any difference ends it with an error.
import OpenAI from "openai";

const { CFM_PROXY_URL, CFM_API_KEY, QUESTION, ANSWER } = process.env;
const client = new OpenAI({ baseURL: `${CFM_PROXY_URL}/v1`, apiKey: CFM_API_KEY });
const expect = (holds, what) => { if (!holds) throw new Error(what); };

const models = [];
for await (const model of client.models.list()) models.push(model.id);
expect(models.includes("demo-faq") && models.includes("use-lite"), `models: ${models}`);

const messages = [{ role: "user", content: QUESTION }];
const whole = await client.chat.completions.create({ model: "demo-faq", temperature: 0, messages });
expect(whole.choices[0].message.content.trim() === ANSWER, `answer: ${whole.choices[0].message.content}`);

let text = "";
let pieces = 0;
const stream = await client.chat.completions.create({ model: "demo-faq", temperature: 0, messages, stream: true });
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? "";
  pieces++;
}
expect(text.trim() === ANSWER && pieces > 2, `streamed in ${pieces} pieces: ${text}`);

const embedded = await client.embeddings.create({ model: "use-lite", input: ["one", "two"] });
expect(embedded.data.length === 2 && embedded.data[1].embedding.length === 512, "embeddings");

const stranger = new OpenAI({ baseURL: `${CFM_PROXY_URL}/v1`, apiKey: "cfm_" + "A".repeat(43), maxRetries: 0 });
let status = 0;
await stranger.chat.completions.create({ model: "demo-faq", messages }).catch((error) => { status = error.status; });
expect(status === 401, `a wrong key got ${status}`);
console.log("all good");
