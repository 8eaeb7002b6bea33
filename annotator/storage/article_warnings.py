"""The warnings of articles that are damaged or were changed."""

from __future__ import annotations

from pathlib import Path

from annotator.core.article import Article
from annotator.core.errors import DamagedArticleError

CHANGED_METADATA = "title, byline, date or other metadata have changed since they were stored"


def changed_metadata_warning(article_id: str) -> str:
    """Return the warning of an article whose metadata are not as they were stored."""
    return f"article {article_id}: {CHANGED_METADATA}; see `annotator repair`"


def broken_version_warning(article: Article) -> str:
    """Return the warning of an article in force whose link to a later version leads nowhere."""
    what = f"article {article.id}: no article is found by its link to a later version ({article.replaced_by})"
    return f"{what}, so it stays in the queue; see `annotator check`"


def damaged_article_warning(article_id: str, error: DamagedArticleError) -> str:
    """Return the warning of an article that is set apart."""
    what = f"article {article_id} is set apart"
    return f"{what}: {error.what} ({Path(error.where).name}); {error.do}"
