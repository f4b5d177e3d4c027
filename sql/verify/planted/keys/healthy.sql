-- Two clinics, and every table counts as large.
\ir ../../../tests/clinics.psql
do $$ begin execute format('alter database %I set verify.large_table = 0', current_database()); end $$;
