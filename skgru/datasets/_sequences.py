"""Sequences with labels: speech, motion, sentences and names, shipped with the package."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ._read import read_csv_text, read_lines, read_sequences

Subset = Literal["train", "test", "all"]


def load_japanese_vowels(
    subset: Subset = "all",
) -> tuple[list[NDArray[np.float64]], NDArray[np.str_]]:
    """Load 640 utterances of two Japanese vowels, to tell the nine speakers apart.

    Nine men said the vowels "ae". An utterance is a sequence of frames, 7 to 29 of them, so that
    the sequences are not of one length.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="all"
        The 270 utterances for training (30 of each speaker), the 370 for testing (24 to 88 of
        each, recorded at other times), or all 640, those for training first.

    Returns
    -------
    X : list of n_utterances ndarrays of shape (n_frames, 12)
        A frame a row, oldest first: 12 cepstrum coefficients of a linear prediction analysis, as
        float64 without a unit, rounded to three decimals. A frame is 25.6 ms of sound, and the
        next one begins 6.4 ms later.
    y : ndarray of str of shape (n_utterances,)
        The speaker of each utterance, "1" to "9".

    Raises
    ------
    ValueError
        If subset is none of the three.

    See Also
    --------
    load_basic_motions : Sequences of one length.

    References
    ----------
    Kudo, M., Toyama, J. and Shimbo, M. (1999). Multidimensional curve classification using
    passing-through regions. Pattern Recognition Letters 20(11-13), 1103-1111.

    Japanese Vowels, UCI Machine Learning Repository, https://doi.org/10.24432/C5NS47; CC BY 4.0.
    As shipped in ``sktime``, here rounded from six decimals to three.

    Examples
    --------
    >>> from skgru.datasets import load_japanese_vowels
    >>> X, y = load_japanese_vowels(subset="train")
    >>> len(X), y.shape
    (270, (270,))
    >>> [utterance.shape for utterance in X[:3]]
    [(20, 12), (26, 12), (22, 12)]
    >>> str(y[0]), str(y[-1])
    ('1', '9')
    """
    return read_sequences("japanese_vowels.npz", decimals=3, subset=subset)


def load_basic_motions(subset: Subset = "all") -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Load 80 recordings of a smart watch, to tell four activities apart.

    Four students wore the watch while they stood, walked, ran and played badminton. A recording is
    ten seconds of six channels.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="all"
        The 40 recordings for training, the 40 for testing (10 of each activity in either), or all
        80, those for training first.

    Returns
    -------
    X : ndarray of shape (n_recordings, 100, 6)
        A row of channels each tenth of a second, oldest first, as float64: the three axes of the
        accelerometer, then the three of the gyroscope. The source names no units.
    y : ndarray of str of shape (n_recordings,)
        The activity: "Badminton", "Running", "Standing" or "Walking".

    Raises
    ------
    ValueError
        If subset is none of the three.

    See Also
    --------
    load_japanese_vowels : Sequences of different lengths.

    Notes
    -----
    Both parts hold recordings of the same students, so that the score on the test part says
    nothing of a person whom the model has not seen.

    References
    ----------
    Bagnall, A. et al. (2018). The UEA multivariate time series classification archive, 2018.
    https://arxiv.org/abs/1811.00075. Data set BasicMotions, as shipped in ``sktime`` under
    BSD-3-Clause.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.datasets import load_basic_motions
    >>> X, y = load_basic_motions(subset="train")
    >>> X.shape
    (40, 100, 6)
    >>> np.unique(y).tolist()
    ['Badminton', 'Running', 'Standing', 'Walking']
    """
    sequences, labels = read_sequences("basic_motions.npz", decimals=6, subset=subset)
    return np.stack(sequences), labels


def load_movie_reviews() -> tuple[list[str], NDArray[np.float64]]:
    """Load 4238 sentences of movie reviews, each with the mean rating of its sentiment.

    About 20 people rated each sentence. Those that they took for clearly positive or clearly
    negative are here; the sign of the rating says which.

    Returns
    -------
    X : list of 4238 str
        A sentence each, sometimes several, none twice.
    y : ndarray of shape (4238,)
        Mean rating as float64 with two decimals, from -4 (extremely negative) to 4 (extremely
        positive), at least 2 in size: 2187 are positive, 2051 negative.

    See Also
    --------
    load_first_names : Shorter texts.

    Notes
    -----
    The source has 10605 sentences, the others with ratings between -2 and 2: a score on these here
    is higher than it would be on all. Most of the positive ones come first: shuffle before you
    split.

    References
    ----------
    Hutto, C. J. and Gilbert, E. (2014). VADER: A parsimonious rule-based model for sentiment
    analysis of social media text. Eighth International Conference on Weblogs and Social Media.
    Ratings and sentences as shipped with ``vaderSentiment`` (movieReviewSnippets_GroundTruth.txt)
    under the MIT licence.

    Pang, B. and Lee, L. (2004). A sentimental education: sentiment analysis using subjectivity
    summarization based on minimum cuts. Proceedings of the 42nd Annual Meeting of the ACL. Where
    the sentences come from, as the former state it.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.datasets import load_movie_reviews
    >>> X, y = load_movie_reviews()
    >>> len(X), y.shape
    (4238, (4238,))
    >>> X[3], float(y[3])
    ('Offers that rare combination of entertainment and education.', 2.47)
    >>> sentiments = np.where(y > 0, "positive", "negative")
    >>> str(sentiments[3])
    'positive'
    """
    pairs = [line.split("\t") for line in read_lines("movie_reviews.tsv.xz")]
    return [review for _, review in pairs], np.array([float(rating) for rating, _ in pairs])


def load_first_names() -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Load 5163 first names of the United States, for models that read or write letters.

    These are the names that were frequent in the census of 1990, in the order of the alphabet.

    Returns
    -------
    X : ndarray of str of shape (5163,)
        The names, 2 to 11 letters of A to Z each, the first one a capital, none twice.
    y : ndarray of str of shape (5163,)
        Whose list has the name: "female" (3944 names), "male" (888) or "both" (331).

    See Also
    --------
    load_movie_reviews : Longer texts.

    Notes
    -----
    The census wrote names in capitals, without accents, blanks and hyphens. How frequent each name
    was is not in the data.

    References
    ----------
    U.S. Census Bureau (1995). Frequently occurring names in the U.S.: 1990. The files
    dist.female.first and dist.male.first, as shipped in ``names``; public domain.

    Examples
    --------
    >>> from skgru.datasets import load_first_names
    >>> X, y = load_first_names()
    >>> X.shape, y.shape
    ((5163,), (5163,))
    >>> X[:4].tolist()
    ['Aaron', 'Abbey', 'Abbie', 'Abby']
    """
    names, sexes = read_csv_text("first_names.csv").T
    return names, sexes
