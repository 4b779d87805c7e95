"""Trains demo-faq, a byte-level Llama-style decoder that recites facts.json.

Usage: python3 train.py OUT_FOLDER [STEPS]   (Debian: apt-get install python3-torch libopenblas0-pthread)

Everything is seeded: the same torch build and thread count give the same weights. OUT_FOLDER receives
checkpoint-N.bin (fp32, little-endian: seven int32 dim, hidden, layers, heads, kv heads, vocabulary, context; then the
tensors in the order of Decoder.tensors) and log lines on standard output. `models demo-faq` turns a checkpoint into ONNX.
"""
import json
import math
import pathlib
import random
import struct
import sys

import torch
import torch.nn.functional as F

DIM, HIDDEN, LAYERS, HEADS, KV_HEADS, VOCABULARY, CONTEXT = 128, 344, 4, 4, 2, 260, 512
BOS, USER, ASSISTANT, END = 256, 257, 258, 259
HEAD = DIM // HEADS
BATCH, POOL = 32, 8
FACTS = json.loads((pathlib.Path(__file__).parent / "facts.json").read_text())

ASK_TOPIC = ["what is {}", "explain {}", "tell me about {}", "define {}", "what does {} mean", "{}", "what are {}",
             "can you explain {}", "describe {}", "what do you know about {}", "how does {} work", "what is meant by {}",
             "why do i need {}", "i want to know about {}"]
BEFORE = ["", "", "", "", "hey, ", "please, ", "hello, ", "quick question: ", "sorry, ", "so ", "and ", "tell me, ", "ok, "]
AFTER = ["", "", "", "", " please", " again", " exactly", " here", " then", " for me", " in short", " thanks"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def typo(text, rng):
    if len(text) < 6:
        return text
    i = rng.randrange(len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:i] + text[i + 1] + text[i] + text[i + 2:]
    if kind == 1:
        return text[:i] + text[i + 1:]
    if kind == 2:
        return text[:i] + text[i] + text[i:]
    return text[:i] + rng.choice(LETTERS) + text[i + 1:]


def drop_word(text, rng):
    words = text.split(" ")
    if len(words) < 5:
        return text
    del words[rng.randrange(len(words) - 1)]
    return " ".join(words)


def style(text, rng):
    if rng.random() < 0.55:
        text = rng.choice(BEFORE) + text + rng.choice(AFTER)
    if rng.random() < 0.10:
        text = drop_word(text, rng)
    if rng.random() < 0.20:
        text = typo(text, rng)
    if rng.random() < 0.5:
        text = text[:1].upper() + text[1:]
    elif rng.random() < 0.05:
        text = text.upper()
    return text + rng.choice(["", "?", "?", "?", ".", "!", " ?"])


def sample(rng):
    kind = rng.random()
    if kind < 0.52:
        topic = rng.choice(FACTS["topics"])
        return style(rng.choice(ASK_TOPIC).format(rng.choice(topic["names"])), rng), topic["answer"]
    if kind < 0.86:
        question = rng.choice(FACTS["questions"])
        return style(rng.choice(question["ask"]), rng), question["answer"]
    other = FACTS["other"]
    if kind < 0.89:
        text = "".join(rng.choice(LETTERS + "    ") for _ in range(rng.randrange(3, 25)))
    else:
        text = rng.choice(other["ask"]).format(rng.choice(other["things"]))
    return style(text, rng), FACTS["other_answer"]


def held_out():
    pairs = [(form.format(name), t["answer"]) for t in FACTS["topics"] for name in t["names"][:1] for form in FACTS["held_forms"]]
    pairs += [(q["held"] + "?", q["answer"]) for q in FACTS["questions"]]
    other = FACTS["other"]
    return pairs, [(form.format(t) + "?", FACTS["other_answer"]) for t in other["held_things"] for form in other["ask"][:10]]


def encode(question, answer):
    head = [BOS, USER, *question.encode(), ASSISTANT]
    return head + [*answer.encode(), END], len(head)


def batch(pairs):
    rows = [encode(q, a) for q, a in pairs]
    width = max(len(r) for r, _ in rows)
    ids = torch.full((len(rows), width), END)
    weight = torch.zeros(len(rows), width)
    for i, (row, start) in enumerate(rows):
        ids[i, :len(row)] = torch.tensor(row)
        weight[i, start:len(row)] = 1.0
        weight[i, start:start + 10] = 3.0
    return ids, weight


class Decoder:
    def __init__(self):
        kv = KV_HEADS * HEAD
        shapes = [("embedding", (VOCABULARY, DIM))]
        for n in range(LAYERS):
            shapes += [(f"{n}.attention_norm", (DIM,)), (f"{n}.q", (DIM, DIM)), (f"{n}.k", (kv, DIM)),
                       (f"{n}.v", (kv, DIM)), (f"{n}.o", (DIM, DIM)), (f"{n}.ffn_norm", (DIM,)),
                       (f"{n}.gate", (HIDDEN, DIM)), (f"{n}.down", (DIM, HIDDEN)), (f"{n}.up", (HIDDEN, DIM))]
        shapes.append(("norm", (DIM,)))
        self.tensors = {}
        for name, shape in shapes:
            scale = 0.02 / math.sqrt(2 * LAYERS) if name.endswith((".o", ".down")) else 0.02 if name == "embedding" else 0.06
            value = torch.ones(shape) if len(shape) == 1 else torch.randn(shape) * scale
            self.tensors[name] = value.requires_grad_()
        angle = torch.arange(CONTEXT).float()[:, None] * (10000 ** (-torch.arange(0, HEAD, 2).float() / HEAD))[None]
        self.cos, self.sin = torch.cat([angle.cos()] * 2, -1), torch.cat([angle.sin()] * 2, -1)

    def rotate(self, x):
        half = HEAD // 2
        t = x.shape[2]
        return x * self.cos[:t] + torch.cat([-x[..., half:], x[..., :half]], -1) * self.sin[:t]

    @staticmethod
    def normed(x, weight):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * weight

    def attention(self, n, x, mask):
        w = self.tensors
        b, t, _ = x.shape
        q = self.rotate((x @ w[f"{n}.q"].T).view(b, t, HEADS, HEAD).transpose(1, 2))
        k = self.rotate((x @ w[f"{n}.k"].T).view(b, t, KV_HEADS, HEAD).transpose(1, 2))
        v = (x @ w[f"{n}.v"].T).view(b, t, KV_HEADS, HEAD).transpose(1, 2)
        k, v = (a.repeat_interleave(HEADS // KV_HEADS, 1) for a in (k, v))
        scores = (q @ k.transpose(2, 3)) / math.sqrt(HEAD) + mask
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, DIM) @ w[f"{n}.o"].T

    def __call__(self, ids):
        w = self.tensors
        t = ids.shape[1]
        mask = torch.full((t, t), -1e9).triu(1)
        x = w["embedding"][ids]
        for n in range(LAYERS):
            x = x + self.attention(n, self.normed(x, w[f"{n}.attention_norm"]), mask)
            y = self.normed(x, w[f"{n}.ffn_norm"])
            x = x + (F.silu(y @ w[f"{n}.gate"].T) * (y @ w[f"{n}.up"].T)) @ w[f"{n}.down"].T
        return self.normed(x, w["norm"]) @ w["embedding"].T

    def save(self, path):
        head = struct.pack("<7i", DIM, HIDDEN, LAYERS, HEADS, KV_HEADS, VOCABULARY, CONTEXT)
        body = b"".join(v.detach().numpy().astype("<f4").tobytes() for v in self.tensors.values())
        path.write_bytes(head + body)


@torch.no_grad()
def exact(model, pairs):
    """The share of answers that greedy decoding would give whole: every byte is the best one given those before."""
    hits = 0
    for i in range(0, len(pairs), 64):
        ids, weight = batch(pairs[i:i + 64])
        best = model(ids[:, :-1]).argmax(-1)
        hits += ((best == ids[:, 1:]) | (weight[:, 1:] == 0)).all(1).sum().item()
    return hits / len(pairs)


def main():
    out = pathlib.Path(sys.argv[1])
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    torch.set_num_threads(1)
    rng = random.Random(7)
    model = Decoder()
    print("parameters", sum(v.numel() for v in model.tensors.values()), flush=True)
    parameters = list(model.tensors.values())
    optimizer = torch.optim.AdamW(parameters, lr=3e-3, betas=(0.9, 0.98), weight_decay=0.02)
    held, others = held_out()
    pending = []
    for step in range(1, steps + 1):
        rate = 3e-3 * min(1, step / 60) * max(0.03, 1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        if not pending:
            pool = sorted((sample(rng) for _ in range(BATCH * POOL)), key=lambda p: len(p[0]) + len(p[1]))
            pending = [pool[i * BATCH:(i + 1) * BATCH] for i in range(POOL)]
            rng.shuffle(pending)
        ids, weight = batch(pending.pop())
        logits = model(ids[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, VOCABULARY), ids[:, 1:].reshape(-1), reduction="none")
        loss = (loss * weight[:, 1:].reshape(-1)).sum() / weight[:, 1:].sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 25 == 0:
            print(step, f"{loss.item():.4f}", flush=True)
        if step % 250 == 0 or step == steps:
            model.save(out / f"checkpoint-{step}.bin")
            seen = [sample(rng) for _ in range(200)]
            print("exact", step, f"seen {exact(model, seen):.3f} held-out {exact(model, held):.3f} other {exact(model, others):.3f}", flush=True)


if __name__ == "__main__":
    main()
