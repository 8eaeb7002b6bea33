"""The lines of the current article: switched, confirmed, taken back; and which article's lines open by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from annotator.core.article import Article
from annotator.core.errors import CorpusError, RuleError
from annotator.session import action as act
from annotator.session.session import AnnotationSession
from annotator.storage.user_files import Preferences, update_preferences


def line_handlers(session: AnnotationSession) -> Mapping[type, Callable[[Any], object]]:
    """Return the handlers of what screens ask for the lines of the current article."""

    def undo(_: act.UndoLineVerdict) -> None:
        if not session.undo_line_verdict(session.current_article_id):
            raise RuleError("nothing to undo in this article")

    def settle(_: act.SettleDoubt) -> str:
        session.settle_doubt(session.current_article_id)
        return "the lines are right, for all annotators"

    return {
        act.SetLineVerdict: lambda a: session.set_line_verdict(session.current_article_id, a.line, a.verdict),
        act.UndoLineVerdict: undo,
        act.SettleDoubt: settle,
    }


class ShownDoubts:
    """Decides which articles' lines open by themselves: those with an open doubt, once for each annotator."""

    def __init__(self, session: AnnotationSession, user: Preferences) -> None:
        """Start with the articles that the annotator has been shown in earlier sessions."""
        self._session = session
        self._shown = set(user.shown_doubts(session.corpus.path, session.annotator))

    def take(self, article: Article) -> bool:
        """Return True if the lines are to be shown now; they are shown once in a session."""
        if not article.doubt or article.id in self._shown or self._session.read_only:
            return False
        self._shown.add(article.id)
        return bool(self._session.corpus.article(article.id).doubt)  # somebody else may have settled it meanwhile

    def remember(self, article: Article) -> None:
        """Remember for later sessions that the annotator has gone on; earlier, and a kill would hide the lines."""
        path, annotator = self._session.corpus.path, self._session.annotator
        with suppress(CorpusError):  # then they are shown again in the next session
            update_preferences(lambda kept: kept.with_shown_doubt(path, annotator, article.id))
