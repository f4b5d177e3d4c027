-- The same on the day after.
do $$
begin
  execute format('alter database %I set verify.phone = ''+13125550111''', current_database());
  execute format('alter database %I set verify.date = ''2030-03-05''', current_database());
end
$$;
