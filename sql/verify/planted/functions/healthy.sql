-- The functions as they were migrated.
\ir ../../../tests/clinics.psql
