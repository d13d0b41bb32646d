"""What tools say about a learner's work: the compiler, CMake, the engine, and a run on Arm."""
