"""Benchmarks: ``python -m tests.benchmarks.NAME`` runs without arguments in seconds, small or on the sample.

Each prints its figures as one JSON object on its last line; ``--help`` says what else it takes.

- candidates: gold spans that a first hint, or a growth of it, selects
- checking: ``annotator check``, and the search for stories, in a made-up corpus
- claims: claims of the rules against gold quotations and statements
- cleaning: which lines of a page are its article
- conflicts: what each rule for conflicts exports, of three annotators who make mistakes
- coverage: a label that a source was not read for, trained from coverage classes and from the naive union
- document_leaks: sentences of dev and test whose document is in train
- export: speed and memory of an export beside spaCy's own calls
- fit_cleaner: the weights of the cleaner's line score, fitted to labelled pages
- hints: gold spans whose words have hints of one letter
- html_pages: the body of HTML pages, by word overlap
- imports: what becomes of each span in exports of other tools, and which sentences stay open
- inside_tokens: how many spans are on token edges by each choice of ``--inside-tokens``, and by the config's tokenizer
- journeys: how often five journeys of data pass from one file of the package to another
- keystrokes: keys a span, planned over the app's state and typed into the real app
- load: from a key to its paint in an article of 5,000 spans, beside the smallest Textual program
- opening: opening a journal of many decisions
- page_doubts: how often a doubt about an article's lines is right
- pipelines: how much faster a pipeline suggests in batches, and without the components it does not need
- points: the share of right candidates by rule, from which the scores of the rules come
- readings: names and numbers of the rules against gold spans
- search: one query, and one look for inconsistencies, over many sentences
- sentence_languages: sentence boundaries in each language, on paragraphs of our own
- sentences: sentence boundaries of several segmenters
- slips: what a wrong key saves outside the active sentence, and how many keys take it back
- start: from the start to the first painted sentence, beside the smallest Textual program
- structures: articles of many structures in the frames of many sites, as text dumps and as HTML
- suggestion_service: what a suggestion costs in a large corpus

A wall clock only informs: no test fails on one.
"""
