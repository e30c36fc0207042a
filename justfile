# The commands of .ci/run, one by one. Without just on the machine: uvx --from rust-just just RECIPE

deploy_keys := 'PORTAL_MODE=production EMAIL_URL=smtp://localhost:25 COUNCIL_EMAIL_DOMAINS=council.example EDUNET_NETWORKS=10.20.0.0/16 SECRET_KEY="$(openssl rand -base64 48)" BLIND_INDEX_KEY="$(openssl rand -base64 32)" FIELD_KEYS="ci:$(openssl rand -base64 32)"'

# list the recipes
default:
    @just --list

# the demonstration on this machine, for example: just run --port 8080
run *options:
    uv run manage.py demo {{ options }}

# the tests, for example: just test tests/locks
test *options:
    uv run pytest {{ options }}

# everything CI checks, save the tests
check:
    uv run ruff check . && uv run ruff format --check . && PORTAL_MODE=test uv run mypy && uv run lint-imports --no-cache && uv run djlint templates --lint --quiet && uv run manage.py makemigrations --check && {{ deploy_keys }} uv run manage.py check --deploy --fail-level WARNING

# put right what a program can put right
fix:
    uv run ruff check --fix . && uv run ruff format .

# the pages of documentation that are read out of the code
describe:
    uv run python -m scripts.describe

# the software bill of materials (CycloneDX) of what runs in production, for example: just components components.cdx.json
components file:
    uv export --locked --no-dev --format cyclonedx1.5 --quiet --output-file {{ file }}

# build portal/static/portal/ from portal/assets/
assets:
    cd portal/assets && npm ci && npm run build
