-- The test holds one open beside.
do $$ begin execute format('alter database %I set verify.open_for = ''0 seconds''', current_database()); end $$;
