-- Two clinics, each with a phone number, practitioners and hours.
\ir ../../../tests/clinics.psql
