"""Asking for places, giving them, taking them back, recording who came."""
