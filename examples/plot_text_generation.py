"""
Names, letter by letter
=======================

A small language model predicts the next letter of a name. With its probabilities, it also generates
new names.
"""

# %%
# Names and their letters
# -----------------------
# First names of the United States. A tenth of the names is held out. Each letter of a name is
# predicted from the letters before it. The end of a name is also predicted, and is written ``.``.
# There are 27 symbols.

import numpy as np
from sklearn.model_selection import train_test_split

from skgru.datasets import load_first_names

names, _ = load_first_names()
names = [name.lower() + "." for name in names]
train, test = train_test_split(names, test_size=0.1, random_state=0)
print(f"{len(train)} + {len(test)} names, {', '.join(test[:6])}")

# %%
# Sequences of letters
# --------------------
# Each letter is a token, a whole number, and ``.`` is 0. There is also a ``.`` before the first
# letter. So "ada." has four sequences, from "." with the class "a" to ".ada" with the class ".".
# Their lengths differ. ``as_windows`` puts NaN before the shorter ones, and the network ignores
# NaN.

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
# A trigram model counts the letters after each pair of letters. For rare pairs, it adds the counts
# after the last letter alone (Witten-Bell smoothing). A five-gram model does the same with four
# letters. Its weight of shorter contexts, 4, was chosen on a part of the training names.

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
    """Number of equally likely letters with the same uncertainty: lower is better."""
    return np.exp(-np.mean(np.log(values)))


trigram = ngram_probabilities(train, test, order=3)
fivegram = ngram_probabilities(train, test, order=5, weight=4.0)
print(f"trigram     {perplexity(trigram):.2f}")
print(f"five-gram   {perplexity(fivegram):.2f}")

# %%
# The network
# -----------
# The network learns a vector of 16 numbers for each letter (``embedding_dim=16``), and a GRU reads
# these vectors. There are three networks with different seeds, and the mean of their probabilities.
# They are small and have few epochs, so that the example runs within a minute.

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
# Each network is clearly better than the trigram model, and worse than the five-gram model. Many
# names have the same beginnings and ends, which a five-gram model stores. The mean of three
# networks is about as good as the five-gram model. Networks and five-gram model make different
# errors, so the mean of both is the best model here.

# %%
# The probabilities for one name
# ------------------------------
# The probability of each letter at each place of a held-out name. A frame marks the actual letter.

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
# A letter is drawn from the probabilities and appended to the name. This is repeated until ``.`` is
# drawn. A temperature below 1 first raises the larger probabilities, so that the names are more
# common and more alike. One call of ``predict_proba`` predicts the next letters of all names.


def draw_names(n_names, temperature, seed=0):
    """New names of at most 11 letters."""
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
# With a temperature of 0.5, about half of the names are new, and they resemble real names. With
# 1.0, most names are new, and some of them are unlikely.
