-- For clinics that want no complaint, condition or drug in their transcripts. What a clinic offers (a cleaning, a filling,
-- Botox) stays: without it nobody can tell what a call was about.
create or replace function app.redact_medical_terms(p_text text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select regexp_replace(p_text,
    '\m(?:hiv|aids|hepatitis(?: [a-e])?|herpes|syphilis|chlamydia|gonorrh?ea|hpv|std|sti|tuberculosis|covid(?:-19)?|cancers?|tum(?:ou?r|ors|ours)|leuka?emia'
      || '|lymphoma|melanoma|carcinoma|chemo(?:therapy)?|radiotherapy|diabet(?:es|ic)|insulin|hypertension|high blood pressure|asthma(?:tic)?|copd'
      || '|epilep(?:sy|tic)|seizures?|stroke|heart (?:attack|disease|failure|condition)|pacemaker|arrhythmia|angina|depress(?:ion|ive)|anxiety'
      || '|bipolar|schizophrenia|ptsd|adhd|autis(?:m|tic)|dementia|alzheimer(?:''?s)?|parkinson(?:''?s)?|multiple sclerosis|arthritis|lupus'
      || '|ha?emophilia|ana?emia|psoriasis|eczema|rosacea|pregnan(?:t|cy)|miscarriage|abortion|ivf|kidney (?:disease|failure)|dialysis|cirrhosis'
      || '|addict(?:ion|ed)|overdose|rehab|methadone|suicid(?:e|al)|pneumonia|migraines?|infection|abscess(?:es)?|gingivitis|periodontitis'
      || '|penicillin|amoxicillin|ibuprofen|paracetamol|acetaminophen|aspirin|warfarin|metformin|prozac|zoloft|xanax|adderall|ritalin|lithium'
      || '|antidepressants?|antibiotics?|blood thinners?|oxycodone|hydrocodone|vicodin|tramadol|codeine|morphine|ozempic|viagra|accutane)\M',
    '[medical term]', 'gi')
$$;

comment on function app.redact_medical_terms(text) is
  'The text with common conditions, complaints and drugs replaced by [medical term]: a closed English list, for clinics that want none of them kept. Apply it after app.redact_phi. What a clinic offers stays.';

select app.seal('app.redact_medical_terms(text)', null, 'tenant_service', 'app_writer');
