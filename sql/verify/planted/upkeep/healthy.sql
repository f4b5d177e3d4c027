-- Two clinics.
\ir ../../../tests/clinics.psql
