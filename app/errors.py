"""What can go wrong between a visitor's words and the spoken answer.

* AnswerError
  - ModelUnavailable    Ollama cannot be reached, lacks the model, or gave up
    - ModelBusy         it answers others, or is still being loaded; ask again later
  - PromptTooLong       a prompt would not fit the model's window; a bug of the packer
  - AnswerUnavailable   the API cannot be reached, refused the question, or broke off its answer
    - AnswerLater       it has no place for a further question now
* VisitError
  - NoSuchVisit         the visit's id is not known
  - VisitOver           the visit has ended; nobody can join it any more
  - TooManyVisits       as many visits are open as this installation carries
  - TooManyVisitors     as many visitors are in the visit as one may have
  - RoomUnavailable     the LiveKit server cannot be reached, or refused
  - VisitsUnavailable   the database of visits does not answer
* StageError
  - StageUnavailable    the video stage cannot be reached, or answered with an error of its own
  - StageRefused        the video stage refused: key, credits, concurrency
    - SessionOver       it knows no such session any more

`ingest.errors` holds those of the knowledge side; doors translate both, once, into their own
language.
"""


class AnswerError(Exception):
    """An answer could not be given; the message is for people: cause, then remedy."""


class ModelUnavailable(AnswerError):
    """The language model did not answer."""


class ModelBusy(ModelUnavailable):
    """The model has no place for a further question now; `retry_after_s` is when it may have."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PromptTooLong(AnswerError):
    """The prompt does not fit the model's window."""


class AnswerUnavailable(AnswerError):
    """The API gave no answer, or only the beginning of one."""


class AnswerLater(AnswerUnavailable):
    """The API is busy with other questions; asking again may help."""


class VisitError(Exception):
    """A visit could not be opened, read or ended."""


class NoSuchVisit(VisitError):
    """No visit has this id."""


class VisitOver(VisitError):
    """The visit has ended."""


class TooManyVisits(VisitError):
    """The installation carries no further visit now."""


class TooManyVisitors(VisitError):
    """The visit has no place for a further visitor now."""


class RoomUnavailable(VisitError):
    """LiveKit did not do what was asked."""


class VisitsUnavailable(VisitError):
    """The database that keeps the visits did not answer."""


class StageError(Exception):
    """The video stage failed."""


class StageUnavailable(StageError):
    """The stage cannot be reached or broke; trying again may help."""


class StageRefused(StageError):
    """The stage said no; trying again will not help."""


class SessionOver(StageRefused):
    """The stage knows no such session: it has ended, or never was."""
