-- After tables were filled: the indexes that indexes_away.sql took away, and keys looked up again.
do $$
declare
  v_definition text;
begin
  for v_definition in select l.definition from later l loop
    execute v_definition;
  end loop;
end
$$;
reset session_replication_role;
