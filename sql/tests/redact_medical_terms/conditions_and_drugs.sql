begin;
select plan(4);
select is(app.redact_medical_terms('I have diabetes and take Metformin.'), 'I have [medical term] and take [medical term].', 'a condition and a drug');
select is(app.redact_medical_terms('A cleaning, a filling and Botox'), 'A cleaning, a filling and Botox', 'what a clinic offers stays');
select is(app.redact_medical_terms('hivemind aspiring'), 'hivemind aspiring', 'whole words only');
select is(app.redact_medical_terms(null), null, 'NULL');
select * from finish();
rollback;
