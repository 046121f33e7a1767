-- From version 2 of the tables to 3.

alter table checks add column rules text not null default '';
