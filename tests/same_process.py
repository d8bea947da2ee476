"""An executor without workers, for batches whose worker processes are not the subject."""

from concurrent.futures import Future

from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.one_night import do_night
from psgkit.cohort.batch.workers import Executor
from psgkit.domain.jobs import Outcome


class SameProcess(Executor):
    """Does each night at once, in this process."""

    workers = 1
    is_broken = False

    def submit(self, task: Task) -> Future[Outcome]:
        """Do the night; return a future that is done."""
        done: Future[Outcome] = Future()
        done.set_result(do_night(task))
        return done

    def restart(self) -> None:
        """Do nothing: no worker can be lost."""

    def stop(self) -> None:
        """Do nothing: no worker runs."""
