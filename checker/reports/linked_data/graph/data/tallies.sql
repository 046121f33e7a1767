-- What papers say, each as it was read last: what tallies count repositories by.

create temp table paper_facts as
select paper_id, max(run_id) as run_id, code_status as status, json_extract(value, '$.paper.venue') as venue,
       substr(json_extract(value, '$.paper.published'), 1, 4) as year
from results.run_papers group by paper_id;
create temp table paper_fields as
select distinct p.paper_id, fields.value as field
from paper_facts f join results.run_papers p on p.paper_id = f.paper_id and p.run_id = f.run_id
join json_each(p.value, '$.paper.categories') fields;
create temp table linked as
select distinct l.paper_id, l.repository_id
from paper_facts f join results.links l on l.paper_id = f.paper_id and l.run_id = f.run_id
where l.repository_id is not null;
create index temp.linked_by_repository on linked (repository_id);
create index temp.fields_by_paper on paper_fields (paper_id);
create index temp.facts_by_paper on paper_facts (paper_id);
