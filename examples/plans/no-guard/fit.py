import statsmodels.api as sm

model = sm.OLS([1, 2, 3], [1, 1, 1])
print(model.fit().params)
