do $$ begin execute format('alter database %I set verify.tools_of = ''lakeside''', current_database()); end $$;
