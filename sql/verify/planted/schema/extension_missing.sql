alter extension fuzzystrmatch set schema public;
