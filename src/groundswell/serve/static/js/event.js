// Filled in with the correcting of events.
