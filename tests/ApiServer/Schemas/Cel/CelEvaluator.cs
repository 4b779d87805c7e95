using System.Collections.Immutable;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>Walks an expression. Values are null, bool, long, double, string, lists, maps, durations and optionals.</summary>
internal sealed class CelEvaluator(IReadOnlyDictionary<string, object?> variables)
{
    private ImmutableDictionary<string, object?> _locals = ImmutableDictionary<string, object?>.Empty;

    public object? Evaluate(CelNode node) => node switch
    {
        CelNode.Literal literal => literal.Value,
        CelNode.Variable variable => Lookup(variable.Name),
        CelNode.Select select => Member(select),
        CelNode.Index index => Element(index),
        CelNode.ListOf list => list.Items.Select(Evaluate).ToList(),
        CelNode.MapOf map => map.Entries.ToDictionary(entry => CelValues.KeyText(Evaluate(entry.Key)), entry => Evaluate(entry.Value)),
        CelNode.Call call => Call(call),
        _ => throw new CelException("unknown expression"),
    };

    private object? Lookup(string name)
    {
        if (_locals.TryGetValue(name, out object? local)) return local;
        return variables.TryGetValue(name, out object? value)
            ? CelValues.FromJson(value)
            : throw new CelException($"undeclared reference to '{name}'");
    }

    private object? Member(CelNode.Select select)
    {
        object? target = Evaluate(select.Target);
        if (target is CelOptional || select.Optional)
        {
            object? inner = target is CelOptional optional ? optional.Value : target;
            return CelValues.TryMember(inner, select.Name, out object? found) ? new CelOptional(true, found) : CelOptional.None;
        }

        return CelValues.TryMember(target, select.Name, out object? member) ? member : throw new CelException($"no such key: {select.Name}");
    }

    private object? Element(CelNode.Index index)
    {
        object? target = Evaluate(index.Target);
        object? key = Evaluate(index.Key);
        if (index.Optional) return CelValues.TryElement(target, key, out object? found) ? new CelOptional(true, found) : CelOptional.None;
        return CelValues.TryElement(target, key, out object? element) ? element : throw new CelException($"no such key: {key}");
    }

    private object? Call(CelNode.Call call)
    {
        switch (call.Name)
        {
            case "&&": return Logical(call, stopsAt: false);
            case "||": return Logical(call, stopsAt: true);
            case "?:": return (bool)Evaluate(call.Arguments[0])! ? Evaluate(call.Arguments[1]) : Evaluate(call.Arguments[2]);
            case "has": return Has(call.Arguments[0]);
        }

        if (call.Target is not null && call.Arguments is [CelNode.Variable item, ..] && CelMacros.Knows(call.Name, call.Arguments.Count))
            return Macro(call, item.Name);
        object? target = call.Target is null or CelNode.Variable { Name: "optional" } ? null : Evaluate(call.Target);
        List<object?> arguments = [.. call.Arguments.Select(Evaluate)];
        return call.Target is null ? CelFunctions.Call(call.Name, arguments) : CelMethods.Call(call.Name, target, arguments);
    }

    /// <summary>An error on one side does not matter when the other side decides (cel-spec, "Logical Operators").</summary>
    private bool Logical(CelNode.Call call, bool stopsAt)
    {
        CelException? error = null;
        foreach (CelNode argument in call.Arguments)
        {
            try
            {
                if (Evaluate(argument) is not bool value) throw new CelException("no such overload");
                if (value == stopsAt) return stopsAt;
            }
            catch (CelException failed)
            {
                error = failed;
            }
        }

        return error is null ? !stopsAt : throw error;
    }

    private bool Has(CelNode argument) => argument is CelNode.Select select
        ? CelValues.TryMember(Evaluate(select.Target), select.Name, out _)
        : throw new CelException("has() needs a field selection");

    private object? Macro(CelNode.Call call, string variable)
    {
        object? range = Evaluate(call.Target!);
        ImmutableDictionary<string, object?> outer = _locals;
        try
        {
            return CelMacros.Run(call.Name, range, element =>
            {
                _locals = outer.SetItem(variable, element);
                return [.. call.Arguments.Skip(1).Select(Evaluate)];
            });
        }
        finally
        {
            _locals = outer;
        }
    }
}
