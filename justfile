# The commands of .ci/run, one by one. Without just on the machine: uvx --from rust-just just RECIPE

# list the recipes
default:
    @just --list

# the demonstration on this machine, for example: just run --port 8080
run *options:
    uv run manage.py demo {{ options }}

# the tests, for example: just test tests/locks
test *options:
    uv run pytest {{ options }}

# everything CI checks, except the tests
check:
    bash .ci/check

# fix what a program can fix
fix:
    uv run ruff check --fix . && uv run ruff format .

# write the pages of documentation that are generated from the code
describe:
    uv run python -m scripts.describe

# the software bill of materials (CycloneDX) of what runs in production, for example: just components components.cdx.json
components file:
    uv export --locked --no-dev --format cyclonedx1.5 --quiet --output-file {{ file }}

# build portal/static/portal/ from portal/assets/
assets:
    cd portal/assets && npm ci && npm run build
