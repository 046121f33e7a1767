function u = wave(n)
% One step of the wave equation on n points.
u = zeros(n, 1);
u(round(n / 2)) = 1;
end
