-- A database as it was migrated.
\ir ../../../tests/clinics.psql
