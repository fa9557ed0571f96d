"""Training of the jet taggers: loop, schedule, checkpoints, result files."""

from symscope.training.jets import TaggerJets, tagger_jets
from symscope.training.loop import train_tagger
from symscope.training.schedule import learning_rate
from symscope.training.tagger_result import TrainedTagger, build_network, read_tagger, write_tagger

__all__ = [
    "TaggerJets",
    "TrainedTagger",
    "build_network",
    "learning_rate",
    "read_tagger",
    "tagger_jets",
    "train_tagger",
    "write_tagger",
]
