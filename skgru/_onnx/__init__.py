"""Fitted networks and pipelines as ONNX models: `skgru.to_onnx`."""
