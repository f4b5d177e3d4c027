-- No age is young enough.
do $$ begin execute format('alter database %I set verify.xid_age = ''-1''', current_database()); end $$;
