"""
Names, letter by letter
=======================

A language model in miniature: what letter comes next? A network that knows can say how likely a
name is, and make names up.
"""

# %%
# Names and their letters
# -----------------------
# First names of the United States. A tenth is held out. Each letter of a name is something to
# predict from the letters before it, and so is its end, written ``.``: 27 symbols in all.

import numpy as np
from sklearn.model_selection import train_test_split

from skgru.datasets import load_first_names

names, _ = load_first_names()
names = [name.lower() + "." for name in names]
train, test = train_test_split(names, test_size=0.1, random_state=0)
print(f"{len(train)} + {len(test)} names, {', '.join(test[:6])}")

# %%
# What stands before each letter
# ------------------------------
# Letters become numbers: ``.`` is 0, and stands before the first letter too. "ada." gives four
# sequences, from "." with the answer "a" to ".ada" with the answer ".". They differ in length;
# ``as_windows`` puts NaN before the shorter ones, and the network passes over it.

from skgru import as_windows

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"


def beginnings(texts):
    """Windows of letters, of names begun: (n_texts, 12)."""
    tokens = [[ALPHABET.index(letter) for letter in "." + text] for text in texts]
    return as_windows([np.array(row, dtype=float) for row in tokens], window_length=12)[:, :, 0]


def next_letters(names):
    """Beginnings of names, and the letter that follows each of them."""
    texts = [name[:i] for name in names for i in range(len(name))]
    return beginnings(texts), np.array(list("".join(names)))


X_train, y_train = next_letters(train)
X_test, y_test = next_letters(test)
print(X_train.shape, X_train[3], y_train[3])

# %%
# The baseline: counting
# ----------------------
# A trigram model counts what followed each pair of letters. Where a pair was rare, it mixes in what
# followed the last letter alone, and so on (Witten-Bell). Longer memories do better, if the shorter
# ones keep enough weight: that of 4 was chosen on a part of the training names.

from collections import Counter


def ngram_probabilities(train, test, order, weight=1.0):
    """Probability that an interpolated n-gram model gives each letter of the test names."""
    seen, contexts, kinds = Counter(), Counter(), Counter()
    for name in train:
        padded = "." * (order - 1) + name
        for end in range(order - 1, len(padded)):
            for start in range(end - order + 1, end + 1):
                seen[padded[start : end + 1]] += 1
    for gram, count in seen.items():
        contexts[gram[:-1]] += count
        kinds[gram[:-1]] += 1
    values = []
    for name in test:
        padded = "." * (order - 1) + name
        for end in range(order - 1, len(padded)):
            value = 1 / len(ALPHABET)
            for start in range(end, end - order, -1):
                context = padded[start:end]
                if contexts[context]:
                    new = weight * kinds[context]
                    value = (seen[padded[start : end + 1]] + new * value) / (
                        contexts[context] + new
                    )
            values.append(value)
    return np.array(values)


def perplexity(values):
    """Of how many equally likely letters the model seems to choose: lower is better."""
    return np.exp(-np.mean(np.log(values)))


trigram = ngram_probabilities(train, test, order=3)
fivegram = ngram_probabilities(train, test, order=5, weight=4.0)
print(f"trigram     {perplexity(trigram):.2f}")
print(f"five-gram   {perplexity(fivegram):.2f}")

# %%
# The network
# -----------
# Each letter is a vector of 16 numbers, learned on the way; a GRU reads them. Three networks that
# differ in their random numbers, and the mean of their probabilities. They are small and trained
# briefly, so that this page is built in a minute.

from sklearn.ensemble import VotingClassifier

from skgru import GRUClassifier

networks = [
    (
        f"seed {seed}",
        GRUClassifier(
            64,
            embedding_dim=16,
            dropout=0.2,
            epochs=10,
            batch_size=128,
            learning_rate=0.01,
            random_state=seed,
        ),
    )
    for seed in range(3)
]
model = VotingClassifier(networks, voting="soft").fit(X_train, y_train)

letters = np.asarray(model.classes_)
position = np.searchsorted(letters, y_test)
rows = np.arange(len(y_test))
for name, network in model.named_estimators_.items():
    print(f"{name:<12}{perplexity(network.predict_proba(X_test)[rows, position]):.2f}")
vote = model.predict_proba(X_test)[rows, position]
print(f"{'all three':<12}{perplexity(vote):.2f}")
print(f"{'+ five-gram':<12}{perplexity((vote + fivegram) / 2):.2f}")

# %%
# Each network is well ahead of the trigrams, and behind the tuned five-gram: names share beginnings
# and ends, which counting knows by heart. The mean of three networks is about level with the
# five-gram. They err in different ways: together with it, they are the best model here.

# %%
# Along a name
# ------------
# What the network expects at each place of a name that it has not seen. Framed: the letter that
# came.

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

name = max(test, key=len)
table = model.predict_proba(next_letters([name])[0])
fig, ax = plt.subplots(figsize=(9, 4.5), layout="constrained")
image = ax.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
for place, letter in enumerate(name):
    column = np.searchsorted(letters, letter)
    ax.add_patch(Rectangle((column - 0.5, place - 0.5), 1, 1, fill=False, edgecolor="C3", lw=1.5))
ax.set_xticks(range(len(letters)), letters)
ax.set_yticks(range(len(name)), [name[:i] + "_" for i in range(len(name))])
ax.set(xlabel="next letter (. is the end)", ylabel="the name so far")
fig.colorbar(image, ax=ax, label="probability")
plt.show()

# %%
# New names
# ---------
# Draw a letter from the probabilities, append it, ask again, until the end is drawn. A temperature
# below 1 sharpens the probabilities first: safer names, and more alike. One call of
# ``predict_proba`` serves all names that are being written.


def draw_names(n_names, temperature, seed=0):
    """Names that the model makes up, with at most 11 letters."""
    rng = np.random.default_rng(seed)
    written = [""] * n_names
    for _ in range(11):
        chance = model.predict_proba(beginnings([text.split(".")[0] for text in written]))
        chance = chance ** (1 / temperature)
        chance /= chance.sum(axis=1, keepdims=True)
        drawn = [rng.choice(letters, p=row) for row in chance]
        written = [
            text if text.endswith(".") else text + letter
            for text, letter in zip(written, drawn, strict=True)
        ]
    # An end drawn first of all is no name.
    return [text.removesuffix(".").capitalize() for text in written if text != "."]


known = {name.removesuffix(".") for name in names}
for temperature in [0.5, 1.0]:
    drawn = draw_names(200, temperature)
    share = np.mean([name.lower() not in known for name in drawn])
    print(f"temperature {temperature}: {', '.join(drawn[:16])}")
    print(f"    {share:.0%} are not in the list, {len(set(drawn))} of {len(drawn)} are different")

# %%
# At 0.5 about half of the names are new, and they look like names of the list. At 1.0 most are new,
# and some of them no one would choose.
