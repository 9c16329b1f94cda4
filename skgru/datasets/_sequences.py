"""Sequences with labels, shipped with the package: speech, motion, sentences and names."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ._read import read_csv_text, read_lines, read_sequences

Subset = Literal["train", "test", "all"]


def load_japanese_vowels(
    subset: Subset = "all",
) -> tuple[list[NDArray[np.float64]], NDArray[np.str_]]:
    """Load 640 utterances of two Japanese vowels, for classification of the nine speakers.

    Nine men said the vowels "ae". An utterance is a sequence of 7 to 29 frames of sound, so that
    the sequences differ in length.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="all"
        Part of the data.

        - "train": 270 utterances, 30 of each speaker.
        - "test": 370 utterances, 24 to 88 of each speaker, recorded at other times.
        - "all": all 640, the training utterances first.

    Returns
    -------
    X : list of n_utterances ndarrays of shape (n_frames, 12)
        One frame in each row, oldest first: 12 cepstrum coefficients of a linear prediction
        analysis, as float64 without a unit, rounded to three decimals. A frame covers 25.6 ms of
        sound, and the next frame starts 6.4 ms later.
    y : ndarray of str of shape (n_utterances,)
        The speaker of each utterance, "1" to "9".

    Raises
    ------
    ValueError
        If subset is not one of these strings.

    See Also
    --------
    load_basic_motions : Sequences of equal length.

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
    """Load 80 recordings of a smart watch, for classification of four activities.

    Four students wore the watch while standing, walking, running and playing badminton. A recording
    has six channels and lasts ten seconds.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="all"
        Part of the data.

        - "train": 40 recordings, 10 of each activity.
        - "test": another 40 recordings, 10 of each activity.
        - "all": all 80, the training recordings first.

    Returns
    -------
    X : ndarray of shape (n_recordings, 100, 6)
        One step for each tenth of a second, oldest first. The channels are the three axes of the
        accelerometer, then the three axes of the gyroscope, as float64. Their units are unknown.
    y : ndarray of str of shape (n_recordings,)
        The activity: "Badminton", "Running", "Standing" or "Walking".

    Raises
    ------
    ValueError
        If subset is not one of these strings.

    See Also
    --------
    load_japanese_vowels : Sequences of different lengths.

    Notes
    -----
    Both parts contain recordings of the same students, so the score on the test part does not
    estimate the score on another person.

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
    """Load 4238 sentences of movie reviews, with their mean ratings of sentiment.

    About 20 people rated each sentence. Only clearly positive and clearly negative sentences are
    included, and the sign of the rating is their class.

    Returns
    -------
    X : list of 4238 str
        Distinct texts of one sentence, sometimes of several.
    y : ndarray of shape (4238,)
        Mean ratings as float64 with two decimals, from -4 (extremely negative) to -2, and from 2 to
        4 (extremely positive). 2051 are negative and 2187 positive.

    See Also
    --------
    load_first_names : Shorter texts.

    Notes
    -----
    The source has 10605 sentences. Those with ratings between -2 and 2 are left out, so that scores
    are higher than on all sentences. Most of the positive sentences come first: shuffle the data
    before splitting it.

    References
    ----------
    Hutto, C. J. and Gilbert, E. (2014). VADER: A parsimonious rule-based model for sentiment
    analysis of social media text. Eighth International Conference on Weblogs and Social Media.
    Ratings and sentences as shipped with ``vaderSentiment`` (movieReviewSnippets_GroundTruth.txt)
    under the MIT licence.

    Pang, B. and Lee, L. (2004). A sentimental education: sentiment analysis using subjectivity
    summarization based on minimum cuts. Proceedings of the 42nd Annual Meeting of the ACL. The
    source of the sentences according to Hutto and Gilbert.

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
    """Load 5163 first names of the United States, for models of letters.

    The names are those that were frequent in the census of 1990, in alphabetical order.

    Returns
    -------
    X : ndarray of str of shape (5163,)
        Distinct names of 2 to 11 letters from A to Z, of which the first is a capital.
    y : ndarray of str of shape (5163,)
        List of the census that contains the name: "female" (3944 names), "male" (888) or "both"
        (331).

    See Also
    --------
    load_movie_reviews : Longer texts.

    Notes
    -----
    The census wrote names in capitals, without accents, blanks and hyphens. The frequencies of the
    names are not included.

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
