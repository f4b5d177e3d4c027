begin;
select plan(6);
select is(app.is_staffs_word(status, said_by), staffs, concat_ws(' ', status, said_by))
from (values ('cold', 'staff', true), ('hot', 'rules', false), ('booked', 'rules', false), ('hot', null, true), ('booked', null, true), ('cold', null, false)) s (status, said_by, staffs);
select * from finish();
rollback;
