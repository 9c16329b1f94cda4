"""
Good film or bad film?
======================

Sentences of film reviews, read word by word, beside a model that only counts the words. The network
sees the order that the other throws away: is that worth anything here?
"""

# %%
# The sentences
# -------------
# About 20 people rated each sentence; here are those that they took for clearly good or clearly
# bad. A quarter is held out as a test. ``early_stopping`` holds out another tenth of the rest, with
# as many good as bad sentences.

import numpy as np
from sklearn.model_selection import train_test_split

from skgru.datasets import load_movie_reviews

reviews, ratings = load_movie_reviews()
sentiments = np.where(ratings > 0, "positive", "negative")
text_train, text_test, y_train, y_test = train_test_split(
    reviews, sentiments, test_size=0.25, stratify=sentiments, random_state=0
)
print(f"{len(text_train)} + {len(text_test)} sentences, such as: {text_train[1]}")

# %%
# The baseline: counting words
# ----------------------------

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

bag = make_pipeline(CountVectorizer(), LogisticRegression(max_iter=1000)).fit(text_train, y_train)
print(f"bag of words  {bag.score(text_test, y_test):.3f}")

# %%
# Words as tokens
# ---------------
# The network takes a number for each word. ``CountVectorizer`` brings what is needed: a function
# that cuts a sentence into words, and a vocabulary, here of the words that two training sentences
# have. All other words are NaN, which the network passes over.

from skgru import GRUClassifier, as_windows

vectorizer = CountVectorizer(min_df=2).fit(text_train)
words_of, vocabulary = vectorizer.build_analyzer(), vectorizer.vocabulary_


def as_tokens(texts):
    """Windows of the last 30 words of each text: (n_texts, 30)."""
    tokens = [[vocabulary.get(word, np.nan) for word in words_of(text)[-30:]] for text in texts]
    # A text without a word becomes one missing step: as_windows takes no empty sequences.
    return as_windows([row or [np.nan] for row in tokens], window_length=30)[:, :, 0]


X_train, X_test = as_tokens(text_train), as_tokens(text_test)
print(
    f"{len(vocabulary)} words; {np.isfinite(X_train).sum(axis=1).mean():.0f} of them in a sentence"
)

# %%
# Three networks
# --------------
# Few numbers and much dropout: with 3178 sentences, a network knows them by heart after a few
# passes. Training stops when the accuracy on the tenth kept out no longer gets better, and the
# weights of the best epoch are kept.

networks = [
    GRUClassifier(
        16,
        embedding_dim=16,
        bidirectional=True,
        dropout=0.5,
        learning_rate=0.003,
        batch_size=32,
        epochs=15,
        early_stopping=True,
        monitor="accuracy",
        n_iter_no_change=5,
        random_state=seed,
    ).fit(X_train, y_train)
    for seed in range(3)
]
for seed, network in enumerate(networks):
    print(
        f"seed {seed}  train {network.score(X_train, y_train):.3f}  "
        f"held out {network.score(X_test, y_test):.3f}  after {network.n_iter_} epochs"
    )

mean_probability = np.mean([network.predict_proba(X_test) for network in networks], axis=0)
mean_right = network.classes_[mean_probability.argmax(axis=1)] == y_test
both = (mean_probability + bag.predict_proba(text_test)) / 2
both_right = network.classes_[both.argmax(axis=1)] == y_test
print(f"mean of the three networks    {mean_right.mean():.3f}")
print(f"and of these and the bag      {both_right.mean():.3f}")

# %%
# In this run the bag of words wins against each single network, and the mean of the three
# networks comes close to it. One of the seeds is clearly worse than the others: it stopped
# early, at the best accuracy that it happened to have on 317 sentences. With some three thousand
# sentences, the order of the words is worth less than a linear model that can't learn them by
# heart. The mean of networks and bag is slightly better than either, by a few sentences of 1060.
#
# Left, why training has to stop: the networks know their sentences after some four epochs, while
# the cross-entropy of those kept out grows from the second or third on. Right, the models at all
# thresholds: hardly to be told apart.

import matplotlib.pyplot as plt
from sklearn.metrics import RocCurveDisplay

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for seed, network in enumerate(networks):
    epochs = np.arange(1, network.n_iter_ + 1)
    left.plot(epochs, network.history_["loss"], color=f"C{seed}", label=f"seed {seed}, training")
    left.plot(epochs, network.history_["val_loss"], ":", color=f"C{seed}", label="validation")
left.set(xlabel="epoch", ylabel="cross-entropy", title="Learning curves")
left.legend(frameon=False, ncols=3, fontsize="small", loc="upper center")
left.set_ylim(0, 1.15 * left.get_ylim()[1])
positive = {
    "bag of words": bag.predict_proba(text_test)[:, 1],
    "three networks": mean_probability[:, 1],
    "both": both[:, 1],
}
for name, score in positive.items():
    RocCurveDisplay.from_predictions(y_test, score, pos_label="positive", name=name, ax=right)
right.set(title="Held-out sentences", xlabel="share of negative ones called positive")
right.set_ylabel("share of positive ones found")
plt.show()

# %%
# What order is good for
# ----------------------
# The bag can't tell two sentences of the same words apart. Here is what each model makes of some
# that were written for this page.

written = [
    "a good film, not a bad one",
    "a bad film, not a good one",
    "not good",
    "funny, but far too long",
    "far too long, but funny",
]
bag_says = bag.predict_proba(written)[:, 1]
network_says = np.mean([network.predict_proba(as_tokens(written)) for network in networks], axis=0)
print("probability of positive:     bag  networks")
for text, one, other in zip(written, bag_says, network_says[:, 1], strict=True):
    print(f"{text:<27}{one:5.2f}{other:10.2f}")

# %%
# The first two hold the same words, and so do the last two, so that the bag must say the same of
# both. The networks may differ. They say nearly the same of the first two all the same, and call
# "not good" more likely positive than not, as the bag does: three thousand sentences did not teach
# them what "not" does. Of the last two, they like the one less that ends with praise.
