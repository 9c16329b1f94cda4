"""Compiled programs of functions of arrays, and a cache of programs for later fits.

A program is a part of a TensorFlow graph in a session, because a session frees its compiled code at
its end. `tf.function(jit_compile=True)` would keep 10 MB for each architecture until the process
ends. A few programs share a session, because each session with compiled code holds 11 threads.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf
from joblib import cpu_count
from tensorflow.core.protobuf import config_pb2
from tensorflow.python.eager import context

Signature = Sequence[tuple[tuple[int, ...], Any]]


# Programs that share a session. Its compiled code is freed when none of them is left.
PROGRAMS_OF_SESSION = 8


class SharedSession:
    """A graph and a session for several programs. running : the threads that run one of them now.

    n_threads : cores that a call uses, 1, or 0 for all.
    """

    def __init__(self, n_threads: int):
        # With a negative number of inter-op threads, the calling thread runs the program.
        self._config = tf.compat.v1.ConfigProto(
            inter_op_parallelism_threads=-1, intra_op_parallelism_threads=n_threads
        )
        # XLA optimises the graph itself.
        self._config.graph_options.rewrite_options.disable_meta_optimizer = True
        self.graph = tf.Graph()
        self.lock = threading.Lock()
        self.n_programs = 0
        self.running: set[int] = set()
        self._session = self._new_session()

    def _new_session(self) -> Any:
        return tf.compat.v1.Session(graph=self.graph, config=self._config)

    def callable(self, options: Any, in_own_session: bool = False) -> Callable:
        """What runs a part of the graph, in the shared session or in another one."""
        session = self._new_session() if in_own_session else self._session
        with self.lock:
            # The public make_callable does the same, but each call takes 0.2 ms longer.
            return session._make_callable_from_options(options)


_newest: dict[Hashable, weakref.ref[SharedSession]] = {}
_newest_lock = threading.Lock()


def _shared_session(kind: str, n_threads: int) -> SharedSession:
    """The session for a new program: the newest one of this kind, unless it is full or runs a
    program at this moment, for which the new one would have to wait.
    """
    with _newest_lock:
        reference = _newest.get((kind, n_threads))
        shared = None if reference is None else reference()
        if shared is None or shared.n_programs >= PROGRAMS_OF_SESSION or shared.running:
            shared = SharedSession(n_threads)
            _newest[kind, n_threads] = weakref.ref(shared)
        shared.n_programs += 1
        return shared


class Program:
    """A compiled function of arrays of fixed shapes, without state, so that threads can share it.

    function : tensors -> tensors; signature : shape and dtype of each argument; n_threads : cores
    that a call uses, 1, or 0 for all. Small matrix products take longer on two cores than on one;
    kind : programs of the same kind may share a session.

    A program runs in the calling thread if at most nine of its operations can start at once. XLA
    runs others in the thread of the session, one call at a time. Once calls have waited for each
    other for as long as the compilation took, another session compiles the same graph.
    """

    def __init__(
        self,
        function: Callable,
        signature: Signature,
        jit_compile: bool = True,
        n_threads: int = 1,
        kind: str = "prediction",
    ):
        self._shared = _shared_session(kind, n_threads)
        # A concrete function is compiled even after tf.config.run_functions_eagerly(True).
        compiled = tf.function(function, jit_compile=jit_compile, autograph=False)
        with self._shared.lock, self._shared.graph.as_default():
            inputs = [tf.compat.v1.placeholder(dtype, shape) for shape, dtype in signature]
            specs = [tf.TensorSpec(shape, dtype) for shape, dtype in signature]
            outputs = compiled.get_concrete_function(*specs)(*inputs)
        self._options = config_pb2.CallableOptions(
            feed=[tensor.name for tensor in inputs],
            fetch=[tensor.name for tensor in tf.nest.flatten(outputs)],
        )
        self._signature = signature
        self._lock = threading.Lock()
        self._n_more = cpu_count() - 1 if n_threads == 1 else 0
        self._compiling_took: float | None = None
        self._waited = 0.0
        self._first = self._shared.callable(self._options)
        self._idle = [self._first]

    def _has_waited(self, seconds: float) -> None:
        with self._lock:
            self._waited += seconds
            if self._waited < (self._compiling_took or 0) or not self._n_more:
                return
            self._n_more -= 1
            self._waited = 0.0
        threading.Thread(target=self._add_session).start()

    def _add_session(self) -> None:
        call = self._shared.callable(self._options, in_own_session=True)
        call(*self._zeros())
        self._idle.append(call)

    def _zeros(self) -> list[np.ndarray]:
        return [np.zeros(shape, dtype) for shape, dtype in self._signature]

    def compile(self) -> None:
        """Compile with arguments of zeros, which must mean no steps or no blocks."""
        self(*self._zeros())

    def __call__(self, *arrays: Any) -> list[np.ndarray]:
        """Outputs as a list, whatever structure the function gave them."""
        arguments = [
            np.asarray(array, dtype)
            for array, (_, dtype) in zip(arrays, self._signature, strict=True)
        ]
        is_main = threading.current_thread() is threading.main_thread()
        if self._compiling_took is None and is_main:
            return self._compile_and_run(arguments)
        return self._run(arguments)

    def _compile_and_run(self, arguments: list[np.ndarray]) -> list[np.ndarray]:
        """Run in another thread. Compiling takes seconds, in which the main thread would not obey
        an interrupt. After one, the other thread ends the compilation, for later calls.
        """
        outputs: list[list[np.ndarray]] = []
        errors: list[BaseException] = []

        def run():
            try:
                outputs.append(self._run(arguments))
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        return outputs[0]

    def _run(self, arguments: list[np.ndarray]) -> list[np.ndarray]:
        running, thread = self._shared.running, threading.get_ident()
        running.add(thread)
        try:
            return self._run_in_session(arguments)
        finally:
            running.discard(thread)

    def _run_in_session(self, arguments: list[np.ndarray]) -> list[np.ndarray]:
        was_compiled, started = self._compiling_took is not None, time.perf_counter()
        worked = time.thread_time()
        try:
            call = self._idle.pop()
        except IndexError:
            outputs = self._first(*arguments)
            if was_compiled:
                # Without the time in which this thread has computed.
                worked = time.thread_time() - worked
                self._has_waited(time.perf_counter() - started - worked)
            return outputs
        try:
            outputs = call(*arguments)
        finally:
            self._idle.append(call)
        if not was_compiled:
            self._compiling_took = time.perf_counter() - started
        return outputs


@contextmanager
def eager_mode() -> Iterator[None]:
    """Run eagerly, even inside a graph or after tf.compat.v1.disable_eager_execution()."""
    if tf.executing_eagerly():
        yield
        return
    # Not tf.init_scope(), which does not record gradients.
    with context.eager_mode():
        yield


class ProgramCache:
    """At most `maxsize` programs, without the least recently used ones. Threads can share it.

    Creating a program is fast, because it is compiled in its first call, outside the lock.
    """

    def __init__(self, maxsize: int):
        self.maxsize = maxsize
        self._programs: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._programs)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._programs

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The program of this key, which `make` creates if it is not in the cache."""
        with self._lock:
            if key not in self._programs:
                self._programs[key] = make()
            self._programs.move_to_end(key)
            while len(self._programs) > self.maxsize:
                self._programs.popitem(last=False)
            return self._programs[key]


class Packing:
    """Arrays of given shapes as two vectors, of floats and of integers.

    A program called with one vector instead of thirty arrays starts in a third of the time.
    """

    def __init__(self, arrays: Sequence[np.ndarray]):
        self._shapes = [array.shape for array in arrays]
        self._sizes = [array.size for array in arrays]
        self._are_floats = [array.dtype.kind == "f" for array in arrays]
        self._dtypes = [array.dtype for array in arrays]
        n_floats = sum(
            n for n, is_float in zip(self._sizes, self._are_floats, strict=True) if is_float
        )
        self.signature: Signature = [
            ((n_floats,), np.float32),
            ((sum(self._sizes) - n_floats,), np.int64),
        ]

    def pack(self, arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """numpy arrays -> float32 and int64 vectors."""
        parts: dict[bool, list[np.ndarray]] = {True: [], False: []}
        for array, is_float in zip(arrays, self._are_floats, strict=True):
            parts[is_float].append(np.ravel(array))
        empty = np.zeros(0)
        return (
            np.concatenate([empty, *parts[True]], dtype=np.float32),
            np.concatenate([empty, *parts[False]], dtype=np.int64, casting="unsafe"),
        )

    def unpack(self, floats: Any, integers: Any) -> list[Any]:
        """The vectors, numpy's or tensors, -> arrays."""
        is_numpy = isinstance(floats, np.ndarray)
        arrays, starts = [], {True: 0, False: 0}
        fields = zip(self._shapes, self._sizes, self._are_floats, self._dtypes, strict=True)
        for shape, size, is_float, dtype in fields:
            vector = (floats if is_float else integers)[starts[is_float] : starts[is_float] + size]
            starts[is_float] += size
            if is_numpy:  # a copy: a view would keep the whole vector alive
                arrays.append(vector.reshape(shape).astype(dtype))
            else:
                arrays.append(tf.cast(tf.reshape(vector, shape), dtype))
        return arrays

    def repack(self, tensors: Sequence[tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """`pack` for tensors."""
        parts: dict[bool, list[tf.Tensor]] = {True: [], False: []}
        for tensor, is_float in zip(tensors, self._are_floats, strict=True):
            parts[is_float].append(tf.reshape(tensor, (-1,)))
        floats = [tf.zeros(0, tf.float32), *parts[True]]
        integers = [tf.zeros(0, tf.int64), *(tf.cast(part, tf.int64) for part in parts[False])]
        return tf.concat(floats, axis=0), tf.concat(integers, axis=0)
