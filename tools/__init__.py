"""What turns a bare checkout into a running house: environment, servers, models, sample pages.

These modules run before anything is installed and therefore use the standard library alone;
`e5`, `env_example` and the demo run inside the virtual environment that the others make.
"""
