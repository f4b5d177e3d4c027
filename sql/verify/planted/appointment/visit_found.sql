-- Who called is asked for, on the day of the visit.
do $$
begin
  execute format('alter database %I set verify.phone = ''+13125550111''', current_database());
  execute format('alter database %I set verify.date = ''2030-03-04''', current_database());
end
$$;
