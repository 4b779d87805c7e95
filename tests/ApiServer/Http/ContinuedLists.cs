using System.Collections.Concurrent;
using System.Security.Cryptography;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>The rest of a list whose first page has been read, as it was then.</summary>
internal sealed record ContinuedList(IReadOnlyList<StoredObject> Items, long Version);

/// <summary>Rests of lists by their continue token.</summary>
internal sealed class ContinuedLists
{
    private readonly ConcurrentDictionary<string, ContinuedList> _lists = new(StringComparer.Ordinal);

    public string Keep(ContinuedList list)
    {
        if (_lists.Count > 1000) _lists.Clear();
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _lists[token] = list;
        return token;
    }

    /// <summary>The rest for a token; 410 when the history it belongs to has been compacted.</summary>
    public ContinuedList Take(string token, long compactedAt)
    {
        if (!_lists.TryGetValue(token, out ContinuedList? list)) throw ApiErrors.BadRequest("invalid continue token: continue key is not valid");
        return list.Version >= compactedAt
            ? list
            : throw ApiErrors.Expired("The provided continue parameter is too old to display a consistent list result.");
    }
}
