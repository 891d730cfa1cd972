select
  s.place,
  s.score,
  count(*) as n
from sheet_answers s
join scales q on q.place = s.place
where s.score < q.low or s.score > q.high
group by s.place, s.score
