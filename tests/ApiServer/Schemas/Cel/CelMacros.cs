using System.Collections;

namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>The comprehensions: all, exists, exists_one, filter, map.</summary>
internal static class CelMacros
{
    public static bool Knows(string name, int arguments) => name switch
    {
        "all" or "exists" or "exists_one" or "existsOne" or "filter" => arguments == 2,
        "map" => arguments is 2 or 3,
        _ => false,
    };

    public static object? Run(string name, object? range, Func<object?, IReadOnlyList<object?>> evaluate)
    {
        IEnumerable<object?> elements = range switch
        {
            IDictionary<string, object?> map => map.Keys,
            IList list => list.Cast<object?>(),
            _ => throw new CelException($"cannot range over {CelValues.TypeName(range)}"),
        };
        bool Holds(object? element) => evaluate(element)[0] is true;
        return name switch
        {
            "all" => elements.All(Holds),
            "exists" => elements.Any(Holds),
            "exists_one" or "existsOne" => elements.Count(Holds) == 1,
            "filter" => elements.Where(Holds).ToList(),
            _ => elements.Select(evaluate).Where(parts => parts.Count == 1 || parts[0] is true).Select(parts => parts[^1]).ToList(),
        };
    }
}
